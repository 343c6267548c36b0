import { Code, VisuallyHidden } from '@mantine/core';
import classes from './masked.module.css';

/** A key by its last characters. A screen reader says those alone. */
export function Masked({ text }: { text: string }) {
  return (
    <Code className={classes.key}>
      <span aria-hidden>{text}</span>
      <VisuallyHidden>key ending in {text.replace(/^[•-]+/, '')}</VisuallyHidden>
    </Code>
  );
}

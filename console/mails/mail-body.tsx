import { Tabs } from '@mantine/core';
import { MailFrame } from './mail-frame.tsx';
import classes from './mail-body.module.css';

/** Both parts of a mail: as it is drawn, and as a program without HTML shows it. */
export function MailBody({ html, text, subject }: { html: string; text: string; subject: string }) {
  return (
    <Tabs defaultValue="html" keepMounted={false}>
      <Tabs.List mb="md">
        <Tabs.Tab value="html">As it looks</Tabs.Tab>
        <Tabs.Tab value="text">Plain text</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="html">
        <MailFrame html={html} title={`Mail: ${subject}`} />
      </Tabs.Panel>
      <Tabs.Panel value="text">
        <pre className={classes.text} tabIndex={0} aria-label="Plain text of the mail">
          {text}
        </pre>
      </Tabs.Panel>
    </Tabs>
  );
}

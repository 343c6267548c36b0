import { NativeSelect, UnstyledButton } from '@mantine/core';
import classes from './gallery.module.css';

interface Titles {
  titles: { name: string; title: string }[];
  chosen: string;
  choose(name: string): void;
}

/** A list at the side; on a phone, where it would push the mail off the screen, a field. */
export function GalleryTitles({ titles, chosen, choose }: Titles) {
  return (
    <>
      <NativeSelect
        hiddenFrom="md"
        label="Mail"
        value={chosen}
        data={titles.map(({ name, title }) => ({ value: name, label: title }))}
        onChange={(event) => choose(event.currentTarget.value)}
      />
      <nav aria-label="Mails" className={classes.titles}>
        <ul>
          {titles.map(({ name, title }) => (
            <li key={name}>
              <UnstyledButton
                className={classes.title}
                aria-current={name === chosen ? 'true' : undefined}
                onClick={() => choose(name)}
              >
                {title}
              </UnstyledButton>
            </li>
          ))}
        </ul>
      </nav>
    </>
  );
}

import { NativeSelect, Text, UnstyledButton } from '@mantine/core';
import classes from './gallery.module.css';

export interface TitleGroup {
  group: string;
  titles: { name: string; title: string }[];
}

interface Titles {
  groups: TitleGroup[];
  chosen: string;
  choose(name: string): void;
}

/** A list at the side; on a phone, where it would push the mail off the screen, a field. */
export function GalleryTitles({ groups, chosen, choose }: Titles) {
  return (
    <>
      <NativeSelect
        hiddenFrom="md"
        label="Mail"
        value={chosen}
        data={groups.map(({ group, titles }) => ({
          group,
          items: titles.map(({ name, title }) => ({ value: name, label: title })),
        }))}
        onChange={(event) => choose(event.currentTarget.value)}
      />
      <nav aria-label="Mails" className={classes.titles}>
        {groups.map(({ group, titles }) => (
          <div key={group}>
            <Text size="xs" fw={600} c="dimmed" className={classes.group}>
              {group}
            </Text>
            <ul aria-label={group}>
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
          </div>
        ))}
      </nav>
    </>
  );
}

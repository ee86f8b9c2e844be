import { Code, Group, Anchor as LinkText, List, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { CopyIcon, Section } from './pieces.tsx';
import { useText } from './text.ts';

/** Where people speak for themselves, and what one click on *unsubscribe* means. */
export function PersonLinks({ shop, path }: { shop: number; path: string | null }) {
  const say = useText();
  const url = path === null ? null : `${location.origin}${path}`;
  return (
    <Section id="person" title={say('personLinks.title')} help={say('personLinks.help')}>
      {url === null ? null : (
        <Group gap={6} mb="md">
          <LinkText href={url} target="_blank" rel="noreferrer" size="sm" data-testid="person-page">
            {url}
          </LinkText>
          <CopyIcon text={url} label={say('personLinks.title')} />
        </Group>
      )}
      <Text size="sm" fw={600}>
        {say('personLinks.oneClick')}
      </Text>
      <List size="sm" spacing={4} mt={4} data-testid="one-click">
        {(['what', 'not', 'lift', 'scanner'] as const).map((part) => (
          <List.Item key={part}>{say(`personLinks.oneClick.${part}`)}</List.Item>
        ))}
      </List>
      <Text size="sm" mt="md">
        {say('personLinks.api')} <Code>POST /api/unsubscribe-links</Code>{' '}
        <Link
          to="/shops/$shopId/documents/$folder/$name"
          params={{ shopId: String(shop), folder: 'wire', name: 'doors' }}
          className="text-link"
        >
          {say('personLinks.doc')}
        </Link>
      </Text>
    </Section>
  );
}

import { Anchor, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useDocuments } from './installation-api.ts';
import { Loading, PageError } from './page-state.tsx';
import { ApiReference, Section } from './pieces.tsx';
import { useLanguage, useText } from './text.ts';

/** Everything this product says about itself, served by itself. */
export function DocumentsSection({ shop }: { shop: number }) {
  const say = useText();
  return (
    <Section id="docs" title={say('docs.title')} help={say('docs.help')}>
      <DocumentList shop={shop} />
    </Section>
  );
}

function DocumentList({ shop }: { shop: number }) {
  const say = useText();
  const language = useLanguage();
  const documents = useDocuments();
  if (documents.isPending) return <Loading />;
  if (documents.isError) return <PageError error={documents.error} onRetry={() => void documents.refetch()} />;
  const of = (folder: string) => documents.data.documents.filter(({ name }) => name.startsWith(`${folder}/`));
  return (
    <Group align="flex-start" gap="xl" className="documents">
      {(['guides', 'wire'] as const).map((folder) => (
        <nav key={folder} aria-label={say(`docs.${folder}`)} data-testid={`documents-${folder}`}>
          <p className="documents-title">{say(`docs.${folder}`)}</p>
          <ul>
            {of(folder).map(({ name, titles }) => (
              <li key={name}>
                <Anchor
                  size="sm"
                  renderRoot={(props) => (
                    <Link
                      {...props}
                      to="/shops/$shopId/documents/$folder/$name"
                      params={{ shopId: String(shop), folder, name: name.slice(folder.length + 1) }}
                    />
                  )}
                >
                  {titles[language] ?? Object.values(titles)[0] ?? name}
                </Anchor>
              </li>
            ))}
            {folder === 'wire' ? (
              <li>
                <ApiReference />
              </li>
            ) : null}
          </ul>
        </nav>
      ))}
    </Group>
  );
}

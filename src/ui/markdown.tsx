/** Markdown as React elements: text stays text, raw HTML is shown as it was written, links lead to pages and never to scripts. */
import { Anchor, Title } from '@mantine/core';
import { lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import { Fragment, type ReactNode, useMemo } from 'react';
import { CodeBlock } from './pieces.tsx';

interface Props {
  readonly text: string;
  /** Where a link of the document leads; null: it is left as text. */
  readonly link: (href: string) => string | null;
  /** Said for a code block that a reader may scroll and copy. */
  readonly codeLabel: string;
  /** Level of the document's own title; the rest follows. */
  readonly top?: 1 | 2 | 3;
}

export function Markdown({ text, link, codeLabel, top = 2 }: Props) {
  const tokens = useMemo(() => lexer(text), [text]);
  return <div className="markdown">{tokens.map((token, at) => block(token, at))}</div>;

  function block(token: Token, key: number): ReactNode {
    const known = token as MarkedToken;
    switch (known.type) {
      case 'heading':
        return (
          <Title
            key={key}
            order={orderOf(known.depth, top)}
            size={known.depth === 1 ? 'h3' : known.depth === 2 ? 'h4' : 'h5'}
          >
            {inline(known.tokens)}
          </Title>
        );
      case 'paragraph':
        return <p key={key}>{inline(known.tokens)}</p>;
      case 'text':
        return <Fragment key={key}>{known.tokens === undefined ? plain(known.text) : inline(known.tokens)}</Fragment>;
      case 'code':
        return <CodeBlock key={key} text={known.text} label={codeLabel} />;
      case 'list':
        return list(known, key);
      case 'table':
        return table(known, key);
      case 'blockquote':
        return <blockquote key={key}>{known.tokens.map((one, at) => block(one, at))}</blockquote>;
      case 'hr':
        return <hr key={key} />;
      case 'html':
        return <p key={key}>{known.text}</p>;
      case 'space':
      case 'def':
        return null;
      default:
        return <p key={key}>{token.raw}</p>;
    }
  }

  function list(token: Tokens.List, key: number): ReactNode {
    const items = token.items.map((item, at) => <li key={at}>{item.tokens.map((one, place) => block(one, place))}</li>);
    const start = typeof token.start === 'number' ? token.start : 1;
    return token.ordered ? (
      <ol key={key} start={start}>
        {items}
      </ol>
    ) : (
      <ul key={key}>{items}</ul>
    );
  }

  function table(token: Tokens.Table, key: number): ReactNode {
    return (
      <ScrollPlace key={key} label={token.header.map(({ text: one }) => one).join(', ')}>
        <table>
          <thead>
            <tr>
              {token.header.map((cell, at) => (
                <th key={at} scope="col">
                  {inline(cell.tokens)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {token.rows.map((row, at) => (
              <tr key={at}>
                {row.map((cell, place) => (
                  <td key={place}>{inline(cell.tokens)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollPlace>
    );
  }

  function inline(tokens: readonly Token[]): ReactNode {
    return tokens.map((token, at) => <Fragment key={`${at} ${token.type}`}>{span(token)}</Fragment>);
  }

  function span(token: Token): ReactNode {
    const known = token as MarkedToken;
    switch (known.type) {
      case 'text':
        return known.tokens === undefined ? plain(known.text) : inline(known.tokens);
      case 'strong':
        return <strong>{inline(known.tokens)}</strong>;
      case 'em':
        return <em>{inline(known.tokens)}</em>;
      case 'codespan':
        return <code>{plain(known.text)}</code>;
      case 'br':
        return <br />;
      case 'escape':
        return plain(known.text);
      case 'link': {
        const href = link(known.href);
        return href === null ? (
          inline(known.tokens)
        ) : (
          <Anchor href={href} inherit>
            {inline(known.tokens)}
          </Anchor>
        );
      }
      default:
        return token.raw;
    }
  }
}

function ScrollPlace({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="markdown-table" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

/** The lexer escapes nothing it was not asked to; entities a writer used become their characters. */
function plain(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

function orderOf(depth: number, top: number): 1 | 2 | 3 | 4 | 5 | 6 {
  const order = depth + top - 1;
  return order === 1 ? 1 : order === 2 ? 2 : order === 3 ? 3 : order === 4 ? 4 : order === 5 ? 5 : 6;
}

import { Fragment, type ReactNode } from "react";

const inlines = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\(((?:https:\/\/|\/)[^)\s]+)\)/g;

/** A text's code, bold words and links. */
function inlineOf(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const { 0: whole, 1: code, 2: bold, 3: label, 4: to, index } of text.matchAll(inlines)) {
    parts.push(text.slice(end, index));
    if (code) parts.push(<code className="rounded-sm bg-hover px-1 font-mono text-[0.92em] text-ink">{code}</code>);
    else if (bold) parts.push(<strong className="font-semibold text-ink">{bold}</strong>);
    else
      parts.push(
        <a className="link" href={to}>
          {label}
        </a>,
      );
    end = index + whole.length;
  }
  parts.push(text.slice(end));
  return parts;
}

const Inline = ({ text }: { text: string }) => (
  <>
    {inlineOf(text).map((part, at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text stay where they are
      <Fragment key={at}>{part}</Fragment>
    ))}
  </>
);

/** The Markdown of the API's document as far as it is used there: paragraphs, lists, code, bold, links. `inline` within a line. */
export function Prose({ text, inline = false }: { text: string; inline?: boolean }) {
  if (inline) return <Inline text={text} />;
  const blocks = text.split(/\n{2,}/).filter(Boolean);
  return (
    <div className="grid gap-2">
      {blocks.map((block) => {
        const lines = block.split("\n");
        return lines.every((line) => /^[-*] /.test(line)) ? (
          <ul key={block} className="list-disc ps-5">
            {lines.map((line) => (
              <li key={line}>
                <Inline text={line.slice(2)} />
              </li>
            ))}
          </ul>
        ) : (
          <p key={block}>
            <Inline text={block.replaceAll("\n", " ")} />
          </p>
        );
      })}
    </div>
  );
}

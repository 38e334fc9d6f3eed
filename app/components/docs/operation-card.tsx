import { Badge } from "#app/components/ui/badge.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Table } from "#app/components/ui/table.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import type { FieldLine, OperationView } from "./operations.ts";
import { Prose } from "./prose.tsx";

const METHOD_TONE: Record<string, Tone> = { GET: "info", POST: "ok", PUT: "warn", PATCH: "warn", DELETE: "danger" };

/** GET, POST and the like, each in its own tone. */
export const MethodBadge = ({ method }: { method: string }) => (
  <Badge tone={METHOD_TONE[method] ?? "neutral"} icon={false}>
    {method}
  </Badge>
);

const summaryClass = "cursor-pointer rounded-sm text-[0.8125rem] font-medium text-ink-muted hover:text-ink";

/** One operation of the API: what it asks for, how to try it, and, folded, what it answers. */
export function OperationCard({ operation }: { operation: OperationView }) {
  const { id, method, path, summary, description, parameters, body, answers, curl } = operation;
  const [good, ...failures] = answers;
  return (
    <Card as="article" padding="none" className="scroll-mt-6" id={id}>
      <header className="grid gap-2 p-5">
        <h2 className="text-base font-semibold">
          <a href={`#${id}`} className="rounded-sm hover:underline">
            <Prose text={summary} inline />
          </a>
        </h2>
        <p className="flex flex-wrap items-center gap-2 font-mono text-[0.8125rem]">
          <MethodBadge method={method} />
          <span className="min-w-0 break-all text-ink-muted">{path}</span>
        </p>
        {description && (
          <div className="text-sm text-ink-muted">
            <Prose text={description} />
          </div>
        )}
      </header>
      {parameters.length > 0 && (
        <Fields title="Parameters" lines={parameters.map((line) => ({ ...line, type: `${line.type}, in the ${line.in}` }))} />
      )}
      {body.length > 0 && <Fields title="Body" lines={body} />}
      <pre className="border-t border-line bg-sunken p-5 font-mono text-xs leading-relaxed break-all whitespace-pre-wrap">{curl}</pre>
      {good && good.fields.length > 0 && (
        <details className="border-t border-line">
          <summary className={`${summaryClass} px-5 py-3.5`}>
            Response {good.status}, {good.fields.length === 1 ? "1 field" : `${good.fields.length} fields`}
          </summary>
          <Fields title={`Response ${good.status}`} lines={good.fields} />
        </details>
      )}
      <details className="border-t border-line">
        <summary className={`${summaryClass} px-5 py-3.5`}>Errors</summary>
        <ul className="grid gap-1.5 px-5 pb-4 text-[0.8125rem] text-ink-muted">
          {failures.map(({ status, description: words }) => (
            <li key={status} className="grid grid-cols-[3rem_minmax(0,1fr)]">
              <code className="font-mono text-ink">{status}</code>
              <span>
                <Prose text={words} inline />
              </span>
            </li>
          ))}
        </ul>
      </details>
    </Card>
  );
}

function Fields({ title, lines }: { title: string; lines: readonly FieldLine[] }) {
  return (
    <div className="border-t border-line first-of-type:border-t-0">
      <h3 className="px-5 pt-4 text-xs font-medium text-ink-faint">{title}</h3>
      <Table
        caption={title}
        rows={lines}
        rowKey={({ name }) => name}
        columns={[
          { key: "name", header: "Field", primary: true, cell: ({ name }) => <code className="font-mono break-all">{name}</code> },
          { key: "type", header: "Type", cell: ({ type }) => <span className="font-mono text-xs text-ink-muted">{type}</span> },
          { key: "required", header: "Required", cell: ({ required }) => (required ? "yes" : "no") },
          {
            key: "description",
            header: "What it is",
            cell: ({ description }) => <span className="text-ink-muted">{description ? <Prose text={description} inline /> : "–"}</span>,
          },
        ]}
      />
    </div>
  );
}

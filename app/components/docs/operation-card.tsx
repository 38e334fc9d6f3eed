import { Badge } from "#app/components/ui/badge.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { Table } from "#app/components/ui/table.tsx";
import type { Tone } from "#app/components/ui/tone.ts";
import type { FieldLine, OperationView } from "./operations.ts";

const METHOD_TONE: Record<string, Tone> = { GET: "info", POST: "ok", PUT: "warn", PATCH: "warn", DELETE: "danger" };

/** One operation of the API: what it asks for, what it answers, and how to try it. */
export function OperationCard({ operation }: { operation: OperationView }) {
  const { id, method, path, summary, description, parameters, body, answers, curl } = operation;
  const [good, ...failures] = answers;
  return (
    <Card as="article" padding="none">
      <header className="grid gap-1 border-b border-line p-5" id={id}>
        <h3 className="flex flex-wrap items-center gap-2 font-mono text-sm">
          <Badge tone={METHOD_TONE[method] ?? "neutral"} icon={false}>
            {method}
          </Badge>
          <span className="min-w-0 break-all">{path}</span>
        </h3>
        <p className="text-sm text-ink-muted">{summary}.</p>
        {description && <p className="text-sm text-ink-muted">{description}</p>}
      </header>
      {parameters.length > 0 && (
        <Fields title="Parameters" lines={parameters.map((line) => ({ ...line, type: `${line.type}, in the ${line.in}` }))} />
      )}
      {body.length > 0 && <Fields title="Body" lines={body} />}
      {good && good.fields.length > 0 && <Fields title={`Answer ${good.status}`} lines={good.fields} />}
      <details className="border-t border-line p-5 text-sm">
        <summary className="cursor-pointer font-medium">Failures</summary>
        <ul className="mt-3 grid gap-1 text-ink-muted">
          {failures.map(({ status, description }) => (
            <li key={status}>
              <code className="font-mono text-ink">{status}</code> {description}
            </li>
          ))}
        </ul>
      </details>
      <pre className="border-t border-line bg-sunken p-5 font-mono text-xs leading-relaxed break-all whitespace-pre-wrap">{curl}</pre>
    </Card>
  );
}

function Fields({ title, lines }: { title: string; lines: readonly FieldLine[] }) {
  return (
    <div className="border-t border-line first-of-type:border-t-0">
      <h4 className="px-5 pt-4 text-xs font-medium text-ink-faint">{title}</h4>
      <Table
        caption={title}
        rows={lines}
        rowKey={({ name }) => name}
        columns={[
          { key: "name", header: "Field", primary: true, cell: ({ name }) => <code className="font-mono break-all">{name}</code> },
          { key: "type", header: "Type", cell: ({ type }) => <span className="font-mono text-xs text-ink-muted">{type}</span> },
          { key: "required", header: "Required", cell: ({ required }) => (required ? "yes" : "no") },
          { key: "description", header: "What it is", cell: ({ description }) => <span className="text-ink-muted">{description}</span> },
        ]}
      />
    </div>
  );
}

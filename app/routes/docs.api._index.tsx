import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { SearchX } from "lucide-react";
import { MethodBadge } from "#app/components/docs/operation-card.tsx";
import { findOperations } from "#app/components/docs/operations.ts";
import { Prose } from "#app/components/docs/prose.tsx";
import { FilterForm } from "#app/components/find/filter-form.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { filtersOf } from "#app/filters.ts";
import { titleMeta } from "#app/title.ts";

export const meta = titleMeta;

export function loader({ context, request }: LoaderFunctionArgs) {
  const document = context.openApi();
  const { q = "" } = filtersOf(request, ["q"]);
  const { description } = document.info;
  return { title: "API reference · Atrium", description, q, groups: findOperations(document, q.slice(0, 100)) };
}

/** Every operation of the REST API, by groups, and a search over all of them. */
export default function Operations() {
  const { description, q, groups } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeader
        title="API reference"
        description={
          <>
            <Prose text={description} />
            <p className="mt-1">
              For programs:{" "}
              <a className="link" href="/api/openapi.json">
                /api/openapi.json
              </a>
            </p>
          </>
        }
      />
      <FilterForm active={q !== ""}>
        <Field label="Search operations" className="col-span-2 sm:w-96!">
          <Input type="search" name="q" required={false} defaultValue={q} maxLength={100} placeholder="Path or words" autoComplete="off" />
        </Field>
      </FilterForm>
      {groups.length === 0 && (
        <Card padding="none">
          <EmptyState icon={SearchX} title="No matches">
            Try another word, or a part of the path.
          </EmptyState>
        </Card>
      )}
      {groups.map(({ tag, name, operations }) => (
        <Section key={tag} title={name} space="sm">
          <Card padding="none">
            <ul className="divide-y divide-line">
              {operations.map(({ id, method, path, summary }) => (
                <li key={id}>
                  <Link
                    to={`/docs/api/${tag}#${id}`}
                    className="grid gap-x-4 gap-y-1 px-4 py-2.5 text-sm -outline-offset-2 transition-colors hover:bg-hover sm:grid-cols-[4.5rem_minmax(0,1fr)]"
                  >
                    <span>
                      <MethodBadge method={method} />
                    </span>
                    <span className="min-w-0">
                      <code className="font-mono text-[0.8125rem] break-all text-ink">{path}</code>
                      <span className="block text-[0.8125rem] text-ink-muted">
                        <Prose text={summary} inline />
                      </span>
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          </Card>
        </Section>
      ))}
    </>
  );
}

import type { LoaderFunctionArgs, MetaFunction } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { OperationCard } from "#app/components/docs/operation-card.tsx";
import { groupsOf } from "#app/components/docs/operations.ts";
import { Brand } from "#app/components/shell/brand-mark.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Link } from "#app/components/ui/link.tsx";

export const meta: MetaFunction = () => [{ title: "API · Atrium" }];

export function loader({ context }: LoaderFunctionArgs) {
  const document = context.openApi();
  return { title: document.info.title, description: document.info.description, groups: groupsOf(document) };
}

/** The REST API, read from its OpenAPI document. In English alone, as the document is. */
export default function ApiDocs() {
  const { title, description, groups } = useLoaderData<typeof loader>();
  return (
    <div lang="en" dir="ltr" className="mx-auto w-full max-w-5xl p-4 sm:p-6 lg:p-10">
      <Link to="/" className="mb-8 block w-fit rounded-sm">
        <Brand />
      </Link>
      <main id="content">
        <PageHeader
          title={`${title} API`}
          description={
            <>
              {description} The same as a document:{" "}
              <a className="link" href="/api/openapi.json">
                /api/openapi.json
              </a>
            </>
          }
        />
        <nav aria-label="Operations" className="mb-8">
          <ul className="grid gap-1 font-mono text-xs">
            {groups.flatMap(({ operations }) =>
              operations.map(({ id, method, path }) => (
                <li key={id}>
                  <a className="link break-all" href={`#${id}`}>
                    {method} {path}
                  </a>
                </li>
              )),
            )}
          </ul>
        </nav>
        {groups.map(({ tag, operations }) => (
          <Section key={tag} title={tag}>
            <div className="grid gap-6">
              {operations.map((operation) => (
                <OperationCard key={operation.id} operation={operation} />
              ))}
            </div>
          </Section>
        ))}
      </main>
    </div>
  );
}

import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { OperationCard } from "#app/components/docs/operation-card.tsx";
import { groupOf } from "#app/components/docs/operations.ts";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

export function loader({ context, params }: LoaderFunctionArgs) {
  const group = groupOf(context.openApi(), params.group ?? "");
  if (!group) throw new Response("There is no such group", { status: 404 });
  const { name, operations } = group;
  return { title: titleOf(name, "API reference"), description: `${operations.length} operations of Atrium’s REST API: ${name}.`, group };
}

/** One group of the API: each of its operations in full. */
export default function Group() {
  const { name, operations } = useLoaderData<typeof loader>().group;
  return (
    <>
      <PageHeader title={name} description={operations.length === 1 ? "1 operation" : `${operations.length} operations`} />
      <div className="grid gap-6">
        {operations.map((operation) => (
          <OperationCard key={operation.id} operation={operation} />
        ))}
      </div>
    </>
  );
}

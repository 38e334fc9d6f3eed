import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { FurtherPermissions, type PermissionList } from "#app/components/client/further-permissions.tsx";
import { ProviderTrail } from "#app/components/client/provider-trail.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";
import { foldText } from "#server/domain/tenancy/fold-text.ts";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("accounts");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const provider = String(args.params.provider);
  const [integrations, groups] = await Promise.all([
    api.connections.list({ tenant: tenant.id }),
    api.connections.permissions({ tenant: tenant.id, provider }),
  ]);
  const integration = integrations.find((each) => each.provider === provider);
  if (!integration?.configured || groups.length === 0 || !tenant.may.includes("connections:write")) {
    throw new Response("There are no further permissions here", { status: 404 });
  }
  const title = titleOf(wordsIn(locale)("accounts:accounts.permissions"), tenant.name);
  return { title, integration, list: filtered(groups, new URL(args.request.url).searchParams) };
}

function filtered(groups: Outputs["connections"]["permissions"], query: URLSearchParams): PermissionList {
  const all = groups.flatMap(({ names }) => names);
  const search = (query.get("find") ?? "").trim().slice(0, 60);
  const group = groups.find((each) => each.group === query.get("group"));
  const picked = query.getAll("scopes").filter((name) => all.includes(name));
  const fitting = (group?.names ?? all).filter((name) => foldText(name).includes(foldText(search)) && !picked.includes(name));
  return { groups: groups.map((each) => each.group), names: [...picked, ...fitting], picked, search, group: group?.group ?? "" };
}

/** Permissions of a provider that are in no set, each by its own name. */
export default function Permissions() {
  const t = useWords();
  const { integration, list } = useLoaderData<typeof loader>();
  const { provider, name } = integration;
  return (
    <>
      <PageHeader
        before={<ProviderTrail provider={{ id: provider, name }} step={t("accounts.permissions")} />}
        title={t("accounts.permissions")}
        description={t("accounts.permissionsBody", { provider: name })}
      />
      <FurtherPermissions integration={integration} list={list} />
    </>
  );
}

import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { enterTenant, type Permission } from "#app/portal/enter-tenant.ts";
import { titleOf } from "#app/title.ts";

/** Whose automation a page below it is about. */
export interface Below {
  tenant: string;
  automation: string;
  timeZone: string;
  /** What stands before the pages of automations and approvals. */
  base: string;
  /** What the reader may do there. */
  may(permission: Permission): boolean;
}

/** What such a page shows, and what its automation is called. */
interface Shown {
  name: string;
  view: { words: { title: string } };
}

/** How a page below an automation loads what it shows. */
export type LoadShown<S extends Shown> = (args: LoaderFunctionArgs, of: Below) => Promise<S>;

/** Loads a page below an automation for the client's own people: with its title and the way back. */
export async function loadBelow<S extends Shown>(args: LoaderFunctionArgs, load: LoadShown<S>) {
  const { tenant } = await enterTenant(args);
  const automation = String(args.params.automation);
  const base = `/t/${tenant.id}`;
  const may = (permission: Permission) => tenant.may.includes(permission);
  const shown = await load(args, { tenant: tenant.id, automation, timeZone: tenant.timezone, base, may });
  const trail = [
    { label: wordsIn(args.context.locale)("automations:title"), to: `${base}/automations` },
    { label: shown.name, to: `${base}/automations/${automation}` },
  ];
  return { title: titleOf(shown.view.words.title, shown.name, tenant.name), trail, ...shown };
}

/** The same for the agency. */
export async function loadBelowOfClient<S extends Shown>(args: LoaderFunctionArgs, load: LoadShown<S>) {
  const { api } = enterAdmin(args);
  const client = await api.clients.get({ tenant: String(args.params.tenant) });
  const automation = String(args.params.automation);
  const base = `/admin/clients/${client.id}`;
  const shown = await load(args, { tenant: client.id, automation, timeZone: client.timezone, base, may: () => true });
  const t = wordsIn(args.context.locale);
  const trail = [
    { label: t("admin:nav.clients"), to: "/admin/clients" },
    { label: client.name, to: base },
    { label: t("automations:title"), to: `${base}/automations` },
    { label: shown.name, to: `${base}/automations/${automation}` },
  ];
  return { title: titleOf(shown.view.words.title, shown.name, client.name), trail, ...shown };
}

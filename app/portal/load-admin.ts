import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { titleOf } from "#app/title.ts";
import { enterAdmin } from "./enter-admin.ts";

/** What all pages of the agency's portal know. */
export async function loadAdmin(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const [me, waiting, waitingReveals, waitingRequests, jobs] = await Promise.all([
    api.me.get(),
    api.health.agency(),
    api.reveals.waiting(),
    api.requests.waiting(),
    api.runs.jobs(),
  ]);
  const [firstTenant] = me.tenants;
  return {
    title: titleOf(wordsIn(locale)("admin:title")),
    me: { name: me.name, email: me.email, timezone: me.timezone },
    portal: firstTenant ? `/t/${firstTenant.id}` : null,
    waiting,
    waitingReveals,
    waitingRequests,
    jobs: jobs.map(({ id, title, description, providers }) => ({ id, title: title[locale], description: description[locale], providers })),
  };
}

import { data, type LoaderFunctionArgs } from "@remix-run/cloudflare";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { titleOf } from "#app/title.ts";

/** Every address of a workspace that no page has: said inside its frame, to who may be there. */
export async function loader(args: LoaderFunctionArgs): Promise<never> {
  const { tenant } = await enterTenant(args);
  throw data({ title: titleOf(wordsIn(args.context.locale)("common:errors.notFoundTitle"), tenant.name) }, 404);
}

export const action = loader;

export default function NoSuchPage() {
  return null;
}

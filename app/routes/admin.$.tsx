import { data, type LoaderFunctionArgs } from "@remix-run/cloudflare";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleOf } from "#app/title.ts";

/** Every address of the admin portal that no page has: said inside its frame, to who may be there. */
export async function loader(args: LoaderFunctionArgs): Promise<never> {
  const { locale } = enterAdmin(args);
  const t = wordsIn(locale);
  throw data({ title: titleOf(t("common:errors.notFoundTitle"), t("admin:title")) }, 404);
}

export const action = loader;

export default function NoSuchPage() {
  return null;
}

import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { EndSection } from "#app/components/custody/end-section.tsx";
import { ExportSection } from "#app/components/custody/export-section.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { custodyAction } from "#app/custody-action.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("data");

export const meta = titleMeta;

export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const tenant = String(args.params.tenant);
  const [client, exports] = await Promise.all([api.clients.get({ tenant }), api.custody.exports({ tenant })]);
  return { title: titleOf(wordsIn(locale)("clients:client.tabs.data"), client.name), client, exports };
}

export function action(args: ActionFunctionArgs) {
  enterAdmin(args);
  return custodyAction(args);
}

export default function ClientData() {
  const t = useWords();
  const { client, exports } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const ofExport = failure?.intent === "export";
  return (
    <>
      <div className="mb-4 empty:hidden">{ofExport && <FormMessage failure={failure} />}</div>
      <ExportSection exports={exports} tenant={client.id} base={`/admin/clients/${client.id}`} />
      <EndSection title={t("data.adminEnd")} name={client.name} endsAt={client.endsAt} failure={ofExport ? undefined : failure} />
    </>
  );
}

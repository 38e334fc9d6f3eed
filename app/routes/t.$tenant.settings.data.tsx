import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useActionData, useLoaderData } from "@remix-run/react";
import { EndSection } from "#app/components/custody/end-section.tsx";
import { ExportSection } from "#app/components/custody/export-section.tsx";
import { FormMessage } from "#app/components/shell/form-message.tsx";
import { custodyAction } from "#app/custody-action.ts";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterTenant } from "#app/portal/enter-tenant.ts";
import { useTenant } from "#app/portal/use-tenant.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("data");

export const meta = titleMeta;
export const action = custodyAction;

export async function loader(args: LoaderFunctionArgs) {
  const { tenant } = await enterTenant(args);
  const { api, locale } = args.context;
  const title = titleOf(wordsIn(locale)("settings:settings.data"), tenant.name);
  return { title, exports: await api.custody.exports({ tenant: tenant.id }) };
}

export default function Data() {
  const t = useWords();
  const { exports } = useLoaderData<typeof loader>();
  const failure = useActionData<typeof action>();
  const { tenant, base, may } = useTenant();
  const ofExport = failure?.intent === "export";
  return (
    <>
      <div className="mb-4 empty:hidden">{ofExport && <FormMessage failure={failure} />}</div>
      <ExportSection exports={exports} tenant={tenant.id} base={base} />
      {may("data:delete") && (
        <EndSection title={t("data.end")} name={tenant.name} endsAt={tenant.endsAt} failure={ofExport ? undefined : failure} />
      )}
    </>
  );
}

import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { Link, useLoaderData } from "@remix-run/react";
import { RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { enterAdmin } from "#app/admin.ts";
import { RenewalTable } from "#app/components/admin/renewal-table.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { translatorOf } from "#app/i18n/translator.server.ts";
import { titleMeta, titleOf } from "#app/title.ts";

export const meta = titleMeta;

/** A dry run changes nothing, so that opening the page makes it. */
export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const tenant = String(args.params.tenant);
  const renewals = await api.connections.refreshDryRun({ tenantId: tenant });
  return { title: titleOf(translatorOf(locale)("renewals.title", { ns: "admin" }), tenant), renewals };
}

export default function ClientRenewals() {
  const { t } = useTranslation("admin");
  const { renewals } = useLoaderData<typeof loader>();
  return (
    <Section
      title={t("renewals.title")}
      description={t("renewals.description")}
      actions={
        <Button asChild size="sm">
          <Link to="." preventScrollReset>
            <RotateCw aria-hidden />
            {t("renewals.again")}
          </Link>
        </Button>
      }
    >
      <RenewalTable renewals={renewals} />
    </Section>
  );
}

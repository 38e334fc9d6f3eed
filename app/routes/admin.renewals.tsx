import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { useLoaderData } from "@remix-run/react";
import { ChartNoAxesColumn, RotateCw } from "lucide-react";
import { FailingRenewalTable } from "#app/components/admin/failing-renewal-table.tsx";
import { RenewalRates } from "#app/components/admin/renewal-rates.tsx";
import { RenewalTable } from "#app/components/admin/renewal-table.tsx";
import { PageHeader } from "#app/components/shell/page-header.tsx";
import { Section } from "#app/components/shell/section.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { EmptyState } from "#app/components/ui/empty-state.tsx";
import { Link } from "#app/components/ui/link.tsx";
import { wordsIn } from "#app/i18n/translator.server.ts";
import { wordsOf } from "#app/i18n/words.tsx";
import { enterAdmin } from "#app/portal/enter-admin.ts";
import { titleMeta, titleOf } from "#app/title.ts";

const useWords = wordsOf("operations");

export const meta = titleMeta;

/** A dry run changes nothing, so that opening the page makes it. */
export async function loader(args: LoaderFunctionArgs) {
  const { api, locale } = enterAdmin(args);
  const [due, rates, failing] = await Promise.all([api.renewals.due({}), api.renewals.rates(), api.renewals.failing()]);
  return { title: titleOf(wordsIn(locale)("operations:renewals.title")), due, rates, failing };
}

export default function Renewals() {
  const t = useWords();
  const { due, rates, failing } = useLoaderData<typeof loader>();
  return (
    <>
      <PageHeader
        title={t("renewals.title")}
        description={t("renewals.description")}
        actions={
          <Button asChild>
            <Link to="." preventScrollReset>
              <RotateCw aria-hidden />
              {t("renewals.again")}
            </Link>
          </Button>
        }
      />
      <Section title={t("renewals.dueTitle")} description={t("renewals.dueDescription")}>
        <RenewalTable due={due} />
      </Section>
      <Section title={t("renewals.failingTitle")} description={t("renewals.failingDescription")}>
        <FailingRenewalTable failing={failing} />
      </Section>
      <Section title={t("renewals.ratesTitle")} description={t("renewals.ratesDescription")}>
        {rates.length === 0 ? (
          <Card>
            <EmptyState icon={ChartNoAxesColumn} title={t("renewals.ratesEmptyTitle")}>
              {t("renewals.ratesEmptyBody")}
            </EmptyState>
          </Card>
        ) : (
          <RenewalRates rates={rates} />
        )}
      </Section>
    </>
  );
}

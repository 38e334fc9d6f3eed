import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";

const useWords = wordsOf("accounts");

/** Where a step of one provider stands: the integrations, the provider, the step. */
export function ProviderTrail({ provider, step }: { provider: { id: string; name: string }; step: string }) {
  const t = useWords();
  const { base } = useTenant();
  const home = `${base}/integrations`;
  return (
    <Breadcrumbs
      items={[{ label: t("integrations.title"), to: home }, { label: provider.name, to: `${home}/${provider.id}` }, { label: step }]}
    />
  );
}

import { useTranslation } from "react-i18next";
import { Breadcrumbs } from "#app/components/ui/breadcrumbs.tsx";
import { useTenant } from "#app/tenant.ts";

/** Where a step of one provider stands: the integrations, the provider, the step. */
export function ProviderTrail({ provider, step }: { provider: { id: string; name: string }; step: string }) {
  const { t } = useTranslation("client");
  const { base } = useTenant();
  const home = `${base}/integrations`;
  return (
    <Breadcrumbs
      items={[{ label: t("integrations.title"), to: home }, { label: provider.name, to: `${home}/${provider.id}` }, { label: step }]}
    />
  );
}

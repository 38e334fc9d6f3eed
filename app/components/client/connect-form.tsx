import { Plug } from "lucide-react";
import { Button } from "#app/components/ui/button.tsx";
import { Checkbox } from "#app/components/ui/checkbox.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { useDisplay } from "#app/i18n/display.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import { useTenant } from "#app/portal/use-tenant.ts";
import type { Integration } from "./account-state.ts";
import { ShopField } from "./shop-field.tsx";

const useWords = wordsOf("accounts");

/** Leads to the provider's consent page: a plain GET form, since it leaves this site. `primary` is for one form of a page. */
export function ConnectForm({
  integration: { provider, name, needsShop, scopeSets },
  primary,
  className,
}: {
  integration: Integration;
  primary: boolean;
  className?: string;
}) {
  const t = useWords();
  const { locale } = useDisplay();
  const { base } = useTenant();
  return (
    <form method="get" action={`${base}/connect/${provider}`} className={cn("grid gap-4", className)}>
      <input type="hidden" name="return" value={`${base}/integrations/${provider}`} />
      {needsShop && (
        <ShopField label={t("integrations.shop")} hint={t("integrations.shopHint")} placeholder={t("integrations.shopPlaceholder")} />
      )}
      {scopeSets.length > 1 && (
        <fieldset className={cn("grid gap-x-6 gap-y-2.5", scopeSets.length > 5 && "sm:grid-cols-2")}>
          <legend className="mb-2 text-[0.8125rem] font-medium text-ink">{t("integrations.scopeSets")}</legend>
          <input type="hidden" name="ticks" value="1" />
          {scopeSets.map((set) => (
            <Checkbox key={set.id} name="sets" value={set.id} defaultChecked={set.default} label={set.title[locale]} />
          ))}
        </fieldset>
      )}
      <div className="grid gap-2">
        <Button type="submit" changes variant={primary ? "primary" : "secondary"} className="w-full sm:w-auto sm:justify-self-start">
          <Plug aria-hidden />
          {t("integrations.connectProvider", { provider: name })}
        </Button>
        <p className="text-xs text-ink-faint">{t("integrations.leave", { provider: name })}</p>
      </div>
    </form>
  );
}

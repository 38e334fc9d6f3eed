import { Plug } from "lucide-react";
import { useTranslation } from "react-i18next";
import { SHOP_PATTERN } from "#app/components/client/shop-pattern.ts";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { ProviderMark } from "#app/components/ui/provider-mark.tsx";
import type { Outputs } from "#server/trpc/root.ts";

type Source = Outputs["integrations"]["sources"][number];

/** A provider from whose account a client can be made: a plain GET form, since it leaves this site. */
export function ClientSource({ source: { provider, name, configured, needsShop } }: { source: Source }) {
  const { t } = useTranslation("admin");
  return (
    <Card as="li" className={cn("grid gap-4", needsShop && configured && "sm:row-span-2")}>
      <div className="flex items-center gap-3">
        <ProviderMark id={provider} name={name} />
        <h3 className="text-[0.9375rem] font-semibold">{name}</h3>
      </div>
      {configured ? (
        <form method="get" action={`/admin/new-client/${provider}`} className="grid gap-4">
          {needsShop && (
            <Field label={t("newClient.shop")} hint={t("integrations.shopHint", { ns: "client" })}>
              <Input
                name="shop"
                dir="ltr"
                inputMode="url"
                autoCapitalize="none"
                autoComplete="off"
                spellCheck={false}
                maxLength={200}
                pattern={SHOP_PATTERN}
                title={t("integrations.shopHint", { ns: "client" })}
                placeholder={t("integrations.shopPlaceholder", { ns: "client" })}
              />
            </Field>
          )}
          <Button type="submit" className="w-full">
            <Plug aria-hidden />
            {t("newClient.connect", { provider: name })}
          </Button>
        </form>
      ) : (
        <p className="text-[0.8125rem] text-ink-faint">{t("newClient.notConfigured")}</p>
      )}
    </Card>
  );
}

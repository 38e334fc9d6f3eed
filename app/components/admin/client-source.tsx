import { Plug } from "lucide-react";
import { ShopField } from "#app/components/client/shop-field.tsx";
import { Button } from "#app/components/ui/button.tsx";
import { Card } from "#app/components/ui/card.tsx";
import { cn } from "#app/components/ui/cn.ts";
import { ProviderMark } from "#app/components/ui/provider-mark.tsx";
import { wordsOf } from "#app/i18n/words.tsx";
import type { Outputs } from "#server/trpc/root.ts";

const useWords = wordsOf("intake", "accounts");

type Source = Outputs["integrations"]["sources"][number];

/** A provider from whose account a client can be made: a plain GET form, since it leaves this site. */
export function ClientSource({ source: { provider, name, configured, needsShop } }: { source: Source }) {
  const t = useWords();
  return (
    <Card as="li" className={cn("grid gap-4", needsShop && configured && "sm:row-span-2")}>
      <div className="flex items-center gap-3">
        <ProviderMark id={provider} name={name} />
        <h3 className="text-[0.9375rem] font-semibold">{name}</h3>
      </div>
      {configured ? (
        <form method="get" action={`/admin/new-client/${provider}`} className="grid gap-4">
          {/* Back here, where the next one can be connected at once. */}
          <input type="hidden" name="return" value={`/admin/new-client?after=${provider}`} />
          {needsShop && (
            <ShopField
              label={t("shop")}
              hint={t("accounts:integrations.shopHint")}
              placeholder={t("accounts:integrations.shopPlaceholder")}
            />
          )}
          <Button type="submit" className="w-full">
            <Plug aria-hidden />
            {t("connect", { provider: name })}
          </Button>
        </form>
      ) : (
        <p className="text-[0.8125rem] text-ink-faint">{t("notConfigured")}</p>
      )}
    </Card>
  );
}

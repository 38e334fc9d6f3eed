import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";
import { wordsOf } from "#app/i18n/words.tsx";

const useWords = wordsOf("accounts");

/**
 * Asks for the address of a shop at Shopify, before its owner leaves for there. Without a pattern: what people copy from the address
 * bar is understood by the server alone.
 */
export function ShopField({ label }: { label: string }) {
  const t = useWords();
  return (
    <Field label={label} hint={t("integrations.shopHint")}>
      <Input
        name="shop"
        dir="ltr"
        inputMode="url"
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        maxLength={2000}
        placeholder={t("integrations.shopPlaceholder")}
      />
    </Field>
  );
}

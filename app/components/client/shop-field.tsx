import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";

/**
 * Asks for the address of a shop at Shopify, before its owner leaves for there. Without a pattern: what people copy from the address
 * bar is understood by the server alone.
 */
export function ShopField({ label, hint, placeholder }: { label: string; hint: string; placeholder: string }) {
  return (
    <Field label={label} hint={hint}>
      <Input
        name="shop"
        dir="ltr"
        inputMode="url"
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        maxLength={2000}
        placeholder={placeholder}
      />
    </Field>
  );
}

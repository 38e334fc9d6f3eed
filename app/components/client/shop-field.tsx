import { useTranslation } from "react-i18next";
import { Field } from "#app/components/ui/field.tsx";
import { Input } from "#app/components/ui/input.tsx";

/** A shop's name, its address, or the address of its admin; what else it may be is for the server to say. */
const SHOP_PATTERN =
  "(https://)?([A-Za-z0-9][A-Za-z0-9\\-]*(\\.[Mm][Yy][Ss][Hh][Oo][Pp][Ii][Ff][Yy]\\.[Cc][Oo][Mm])?|admin\\.shopify\\.com/store/[A-Za-z0-9\\-]+)/?";

/** Asks for the address of a shop at Shopify, before its owner leaves for there. */
export function ShopField({ label }: { label: string }) {
  const { t } = useTranslation("client");
  return (
    <Field label={label} hint={t("integrations.shopHint")}>
      <Input
        name="shop"
        dir="ltr"
        inputMode="url"
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        pattern={SHOP_PATTERN}
        title={t("integrations.shopHint")}
        placeholder={t("integrations.shopPlaceholder")}
      />
    </Field>
  );
}

import { useFormAction, useNavigation } from "@remix-run/react";
import { Button, type ButtonProps } from "./button.tsx";

/**
 * The submit button of a Remix `<Form>`. It shows the spinner while that form is on its way: told apart by `action` when the
 * form posts to another route, and by the button's own `name` and `value` when a form has several buttons.
 */
export function SubmitButton({ action, pending, variant = "primary", ...rest }: ButtonProps & { action?: string }) {
  const navigation = useNavigation();
  const here = useFormAction();
  const sent =
    navigation.formMethod === "POST" &&
    navigation.formAction === (action ?? here) &&
    (rest.name === undefined || navigation.formData?.get(rest.name) === String(rest.value ?? ""));
  return <Button type="submit" changes variant={variant} pending={pending ?? sent} {...rest} />;
}

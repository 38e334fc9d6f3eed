import type { forms as english } from "../en/forms.ts";
import type { Translation } from "../shape.ts";

export const forms = {
  probe: {
    ok: "‏{{account}}: {{words}}",
    failed: "‏{{account}} נבדק. {{words}}",
  },
} satisfies Translation<typeof english>;

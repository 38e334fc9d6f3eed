import type { forms as english } from "../en/forms.ts";
import type { Translation } from "../shape.ts";

export const forms = {
  probe: {
    ok: "{{account}} : {{words}}",
    failed: "{{account}} a été vérifié. {{words}}",
  },
} satisfies Translation<typeof english>;

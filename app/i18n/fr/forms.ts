import type { forms as english } from "../en/forms.ts";
import type { Translation } from "../shape.ts";

export const forms = {
  form: {
    failed: {
      forbidden: "Votre rôle ne le permet pas.",
      invalid: "Vérifiez votre saisie.",
      conflict: "C’est impossible dans l’état actuel. Rechargez la page et vérifiez.",
      rate_limited: "Trop de tentatives. Patientez un peu.",
      unavailable: "C’est impossible pour le moment. Réessayez dans un instant.",
      vault_closed:
        "Nous ne pouvons pas ouvrir notre coffre de clés pour le moment. C’est de notre fait, et nous sommes prévenus. Réessayez plus tard.",
    },
    field: {
      other: "Vérifiez ce champ.",
      name: "Indiquez un nom de 80 caractères au plus.",
      email: "Indiquez l’adresse e-mail complète d’une personne qui n’est pas encore dans l’équipe.",
      role: "Choisissez un autre rôle. Un espace a besoin d’au moins un propriétaire.",
      timezone: "Choisissez un fuseau horaire de la liste.",
      locale: "Choisissez une langue de la liste.",
      id: "Choisissez un identifiant encore libre : minuscules, chiffres et traits d’union.",
      ownerEmail: "Indiquez une adresse e-mail complète.",
      currency: "Choisissez une devise de la liste.",
      contactName: "Indiquez un nom de 60 caractères au plus, sans lien.",
      contactEmail: "Indiquez une adresse e-mail complète.",
    },
  },
  probe: {
    ok: "{{account}} : {{words}}",
    failed: "{{account}} a été vérifié. {{words}}",
  },
} satisfies Translation<typeof english>;

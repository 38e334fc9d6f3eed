import type { overview as english } from "../en/overview.ts";
import type { Translation } from "../shape.ts";

export const overview = {
  overview: {
    title: "Aperçu",
    description:
      "Les {{count}} derniers jours, du {{from}} au {{to}}, aujourd’hui jusqu’à présent. L’évolution compare les 28 premiers, terminés, aux 28 jours d’avant : les mêmes jours de semaine des deux côtés.",
    calendar: "Les jours sont ceux du compte : {{zone}}",
    calendarUnknown: "{{zone}} n’est pas un fuseau connu : les jours sont comptés dans le vôtre",
    cohortRunning: "à ce jour",
    cohortRunningNote: "Le mois en cours n’est pas terminé.",
    descriptionEmpty: "Vos chiffres apparaîtront ici.",
    emptyTitle: "Connectez votre boutique pour voir vos premiers chiffres",
    emptyBody:
      "Connectez Shopify, Klaviyo ou Google. La première synchronisation démarre aussitôt et vos premiers chiffres arrivent en quelques minutes.",
    emptyAction: "Connecter un fournisseur",
    emptyReadOnly: "Demandez à un propriétaire, un administrateur ou un développeur de cet espace de connecter un fournisseur.",
    waitingTitle: "Pas encore de données",
    waitingDescription: "Ce qui manque encore à chacune de ces synchronisations.",
    nothingMeasured: "Il a tourné, mais il n’y avait encore rien à mesurer.",
    measured: "Dernière mesure",
    never: "Pas encore mesuré",
    next: "Prochaine exécution",
    seeRuns: "Ses exécutions",
    latestRuns: "Dernières exécutions",
    allRuns: "Toutes les exécutions",
    noRuns: "Rien n’a encore été exécuté",
    total: "Chiffre",
    share: "Part",
    cohortSize: "Clients",
    cohortMonth: "Après {{month}} mois",
    cohortCaption: "Parmi les clients d’un premier mois d’achat, la part qui a racheté tant de mois plus tard.",
    breakdownMore_one: "et {{count}} de plus",
    breakdownMore_other: "et {{count}} de plus",
    moreCharts_one: "{{count}} autre graphique",
    moreCharts_other: "{{count}} autres graphiques",
  },
  health: {
    ok: "En bonne santé",
    warn: "À surveiller",
    bad: "Critique",
  },
  threshold: {
    ok: "Bon",
    warn: "À surveiller",
    bad: "Critique",
  },
  figures: {
    title: "{{sensor}} : chiffres par jour",
    description: "Les chiffres de chaque jour, du {{from}} au {{to}}.",
  },
} satisfies Translation<typeof english>;

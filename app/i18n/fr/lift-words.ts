import type { liftWords as english } from "../en/lift-words.ts";
import type { Translation } from "../shape.ts";

export const liftWords = {
  title: "Est-ce que ça aide ?",
  verdict: {
    nobody: "Rien à comparer pour l’instant. La comparaison commence dès que l’automatisation propose une action hors du mode Observation.",
    noControl:
      "Personne ne peut dire ce qu’apporte cette automatisation : tous les clients peuvent être contactés. Voici seulement ce qui s’est passé.",
    tooFew: "Trop tôt pour le dire. Il faut encore environ {{more}} clients, soit {{weeks}} semaines au rythme actuel.",
    tooFewFar:
      "Trop tôt pour le dire. Il faut encore environ {{more}} clients, soit plus de deux ans au rythme actuel. Un groupe témoin plus grand, ou une différence recherchée plus grande, en demande moins.",
    tooFewPaused: "Trop tôt pour le dire. Il faut encore environ {{more}} clients.",
    tooFewOpen: "Trop tôt pour le dire. Les clients sont assez nombreux ; le résultat est attendu dans {{weeks}} semaines environ.",
    tooFewUnknown:
      "Trop tôt pour le dire. On saura combien de clients il faut quand {{people}} d’entre eux auront eu leurs {{days}} jours.",
    more: "Ça aide : {{treated}} de ses clients ont acheté, contre {{control}} de ceux qui n’ont pas été contactés. Soit {{low}} à {{high}} de plus sur 100.",
    fewer:
      "Ça nuit : {{treated}} de ses clients ont acheté, contre {{control}} de ceux qui n’ont pas été contactés. Soit {{low}} à {{high}} de moins sur 100.",
    unclear:
      "Aucune différence constatée : {{treated}} de ses clients ont acheté, contre {{control}} de ceux qui n’ont pas été contactés. Avec autant de clients, une différence de {{points}} sur 100 se serait très probablement vue.",
  },
  caption: "Clients à contacter selon l’automatisation, à côté de ceux qui ne l’ont pas été",
  captionAlone: "Clients à contacter selon l’automatisation",
  columns: { figure: "Mesure", treated: "Proposés", control: "Groupe témoin", difference: "Différence", always: "Intervalle sûr" },
  rows: {
    people: "Clients comparés",
    open: "Pas encore comptés",
    bought: "Ont acheté",
    value: "Dépense par client ({{currency}})",
    others: "Contactés par d’autres automatisations",
  },
  counted: "{{count}} ({{share}})",
  range: "de {{low}} à {{high}}",
  notes: {
    counted:
      "Chaque client compte dès la première proposition, approuvée ou non, et pendant {{days}} jours. Ses commandes sont comptées sans ce qui a été annulé ou remboursé.",
    since: "Comparaison depuis le {{date}}.",
    open: "Les clients dont les {{days}} jours ne sont pas écoulés ne sont pas encore comptés.",
    ranges:
      "Entre parenthèses figure l’intervalle où la différence se trouve 95 fois sur 100. L’intervalle sûr est plus large : il reste juste même si vous regardez tous les jours, et c’est sur lui que repose la phrase ci-dessus.",
    unbalanced: "D’autres automatisations ont contacté un groupe plus que l’autre : une partie de la différence peut venir d’elles.",
    balanced: "Les autres automatisations ont contacté les deux groupes à peu près autant.",
    outliers: "Quelques grosses commandes font une bonne part de la différence en {{currency}}.",
  },
} satisfies Translation<typeof english>;

import type { outlookWords as english } from "../en/outlook-words.ts";
import type { Translation } from "../shape.ts";

export const outlookWords = {
  title: "Comment fonctionne la prévision",
  sentence: {
    none: "Pas encore de prévision. La première est calculée une fois vos commandes synchronisées.",
    model: "D’après {{bought}} clients, dont {{again}} ont commandé sur plus d’une journée, du {{from}} au {{until}}.",
    rfm: "Pas encore de probabilités. Les clients sont groupés selon la date, le nombre et le montant de leurs commandes.",
    recency: "Pas encore de probabilités. Les clients sont groupés selon la date de leur dernière commande.",
  },
  reason: {
    few_customers: "Il faut au moins 100 clients pour une prévision. Vous en avez {{bought}}.",
    few_repeat_customers: "Il faut au moins 40 clients ayant commandé sur plus d’une journée. Vous en avez {{again}}.",
    short_history: "Il faut au moins 180 jours de commandes. Les vôtres commencent le {{from}}.",
    starts_disagree: "Vos commandes s’accordent aussi bien avec plusieurs prévisions : aucune n’est utilisée.",
    dropout_not_identified: "Vos commandes ne montrent pas comment les clients cessent d’acheter : des probabilités seraient devinées.",
    ranks_below_rfm: "Testés sur vos 90 derniers jours, les groupes simples ont fait mieux que la prévision : ce sont eux qui servent.",
  },
  segments: {
    caption: "Clients selon leurs perspectives, au {{day}}",
    columns: { segment: "Groupe", customers: "Clients", orders: "Commandes attendues, 90 jours", value: "Valeur attendue" },
    names: { new: "Nouveaux", loyal: "Fidèles", promising: "Prometteurs", at_risk: "À risque", quiet: "Silencieux" },
  },
  past: {
    title: "Testée sur votre propre passé",
    sentence:
      "Le {{from}}, la prévision aurait attendu {{expected}} commandes de clients connus dans les {{days}} jours suivants. {{observed}} sont arrivées. L’écart moyen des probabilités est de {{error}} points.",
    caption: "Clients en dix groupes, du moins au plus susceptible de commander",
    columns: { group: "Groupe", customers: "Clients", predicted: "Prévu", observed: "A commandé", range: "Intervalle" },
    chart: "La même chose en dessin : la barre est la part des clients qui ont commandé, le repère est la prévision.",
    range: "{{low}} à {{high}}",
  },
  notes: {
    counted:
      "Les commandes d’un même jour comptent une fois. Les commandes annulées et les invités ne comptent pas. La journée en cours n’est pas encore connue.",
    season:
      "Les commandes attendues suivent la saison : {{factor}} fois un trimestre habituel ({{low}} à {{high}}), d’après les mêmes semaines l’an dernier.",
    noSeason:
      "Avec moins de deux ans de commandes, elle ne connaît pas les saisons. Avant les fêtes elle attend trop peu, après elles trop.",
    spendFew: "Trop peu de clients ont recommandé pour savoir ce que chacun dépense : toutes les commandes comptent à la moyenne.",
    spendCorrelated: "Chez vous, fréquence et montant des commandes vont ensemble : la valeur attendue est approximative.",
    blind:
      "Elle ignore les prix, le stock et la publicité. Elle ne dit jamais qu’un client est parti, seulement si une commande est probable.",
    weekly: "Mise à jour chaque jour, recalculée sur toutes les commandes une fois par semaine.",
  },
} satisfies Translation<typeof english>;

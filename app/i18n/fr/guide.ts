import type { guide as english } from "../en/guide.ts";
import type { Translation } from "../shape.ts";

export const guide = {
  title: "Comment fonctionnent les automatisations",
  description: "Ce qu’elles font, ce qu’elles ne font jamais, et comment vous gardez la main.",
  parts: {
    propose: {
      title: "Elles proposent, vous décidez",
      body: "Une automatisation lit ce que l’on sait de votre boutique et propose des actions, chacune avec sa raison : « A commandé 4 fois, en général tous les 24 jours. Dernière commande il y a 41 jours. » Vous voyez ce qui serait fait, et pour qui, avant que quoi que ce soit n’arrive. Approuvez, modifiez, ou refusez en disant pourquoi.",
    },
    modes: {
      title: "Jusqu’où va une automatisation",
      off: "Désactivée : elle ne fait rien et ne propose rien. Toute automatisation commence ainsi.",
      shadow:
        "Observation : elle montre ce qu’elle ferait, et rien n’est exécuté. Dites ce que vous auriez décidé : vous saurez ainsi si vous pouvez lui faire confiance. L’activation commence toujours ici.",
      approve: "Approbation : elle propose, et rien n’est exécuté sans votre approbation.",
      auto: "Automatique : elle agit dans les limites que vous fixez. Tout ce qui les dépasse demande votre approbation.",
    },
    once: {
      title: "Ce que vous approuvez est fait une seule fois",
      body: "Votre approbation vaut pour exactement ce que vous avez vu. Si cela change, on vous redemande. Chaque action est faite une seule fois, même si une connexion se coupe ou si un fournisseur ne répond pas : nous lui demandons ce qui s’est passé avant de réessayer. Juste avant, nous vérifions que c’est toujours vrai : que le client ne s’est pas désabonné, qu’il n’a pas commandé entre-temps, que le prix tient toujours.",
    },
    limits: {
      title: "Limites",
      body: "Chaque automatisation a des limites par jour : actions, clients et montant en jeu. Un client est contacté deux fois par semaine au plus, toutes automatisations confondues, et jamais pendant les heures calmes. Quand la limite du jour est atteinte, le reste demande votre approbation et nous vous prévenons.",
    },
    control: {
      title: "Le groupe témoin",
      body: "Les clients qui reçoivent un message achètent souvent, mais beaucoup auraient acheté de toute façon. Pour le savoir, certains clients, en général 10 sur 100, ne sont volontairement pas contactés. Seul le hasard décide : à chaque activation d’une automatisation, chaque client est tiré au sort dans un groupe et y reste jusqu’à la désactivation. Ce que les autres achètent de plus que le groupe témoin, c’est ce que l’automatisation apporte.",
      reading:
        "Sur sa page, « Est-ce que ça aide ? » compare les deux groupes d’après vos commandes. Un client compte même si vous avez refusé la proposition : sinon, votre choix passerait pour un effet. Avec peu de clients, le hasard crée de grands écarts ; la page dit donc combien il en manque. Regardez quand vous voulez, la réponse en tient compte. Un groupe plus grand, jusqu’à 50 sur 100, répond plus vite. À 0, personne ne saura.",
    },
    people: {
      title: "Qui décide",
      body: "Les propriétaires et les administrateurs décident de tout. Un membre décide jusqu’à un montant que vous fixez. L’agence décide aussi, sauf si vous le désactivez. Les noms et adresses sont lus dans votre boutique quand une personne autorisée le demande ; ils ne sont pas conservés avec l’action, et chaque consultation figure dans votre journal d’audit. Chaque matin à 07:30, celles et ceux qui peuvent décider apprennent ce qui attend. Si Slack est connecté, vous pouvez choisir un canal où les approbations sont publiées : si vous nous laissez aussi lire les adresses e-mail de votre équipe, vos membres y décident d’un bouton.",
    },
    undo: {
      title: "Annuler et arrêter",
      body: "Ce qu’un fournisseur peut reprendre, vous pouvez l’annuler : un code de réduction est désactivé, un tag retiré, un message Slack supprimé. Un e-mail envoyé reste envoyé. « Tout arrêter » arrête toutes les actions d’un coup, y compris celles approuvées mais pas encore exécutées.",
    },
  },
  each: "Ce que fait chaque automatisation, et ne fait jamais",
  never: "Jamais :",
} satisfies Translation<typeof english>;

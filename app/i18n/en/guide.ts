/** How automations work, for a client's people. */
export const guide = {
  title: "How automations work",
  description: "What they do, what they never do, and how you stay in control.",
  parts: {
    propose: {
      title: "They propose, you decide",
      body: "An automation reads what is known of your shop and proposes actions, each with its reason: “Ordered 4 times, usually every 24 days. The last order was 41 days ago.” You see what would be done and to whom before anything happens. Approve it, change it, or reject it and say why.",
    },
    modes: {
      title: "How far an automation goes",
      off: "Off: it does nothing and proposes nothing. Every automation begins here.",
      shadow:
        "Shadow: it shows what it would do, and nothing is done. Say what you would have decided: that is how you learn whether to trust it. Turning on always begins here.",
      approve: "Approve: it proposes, and nothing is done without your approval.",
      auto: "Automatic: it acts within the limits that you set. Anything beyond them needs your approval.",
    },
    once: {
      title: "What you approve is done once",
      body: "Your approval is for exactly what you saw. If it changes, you are asked again. Each action is done once, even if a connection breaks or a provider doesn’t answer: we ask the provider what happened before trying again. Right before it is done we check that it is still true: that the customer hasn’t unsubscribed or ordered in the meantime, that the price still holds.",
    },
    limits: {
      title: "Limits",
      body: "Each automation has limits a day: actions, customers, and money at stake. A customer is contacted twice a week at most, by all automations together, and never in quiet hours. When a day’s limit is reached, the rest needs your approval and we tell you.",
    },
    control: {
      title: "The control group",
      body: "Customers who get a message often buy, but many would have bought anyway. To tell, some customers, usually 10 in 100, are left alone on purpose. Chance alone decides who: each time you turn an automation on, every customer is drawn into one group and stays in it until you turn it off. What the others buy beyond the control group is what the automation brings.",
      reading:
        "“Does it help?” on its page compares both groups by your shop’s orders. A customer counts even if you rejected the proposal: otherwise your choice of whom to contact would look like an effect. Among few customers chance makes large differences, so the page says how many more it takes. Look as often as you like: the answer allows for that. A larger group, up to 50 in 100, answers sooner. With 0, nobody can ever tell.",
    },
    people: {
      title: "Who decides",
      body: "Owners and admins decide everything. A member decides up to an amount that you set. The agency decides too, unless you turn that off. Names and addresses are fetched from your shop when someone with the right to see them asks; they are not stored with the action, and each look is in your audit log. Each morning at 07:30 those who can decide are told what still needs their approval. With Slack connected, you can choose a channel in which approvals are posted: if you also let us read your team’s email addresses, your members decide there with a button.",
    },
    undo: {
      title: "Undo and stop",
      body: "What a provider can take back, you can undo: a discount code is ended, a tag removed, a Slack message deleted. An email that was sent stays sent. “Stop everything” ends all actions at once, also those approved but not yet done.",
    },
  },
  each: "What each automation does, and never does",
  never: "Never:",
};

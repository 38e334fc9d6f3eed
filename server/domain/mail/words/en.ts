/** What our mails say. Functions are sentences with a name in them. */
export const en = {
  greeting: (name: string) => (name ? `Hello ${name},` : "Hello,"),
  signIn: {
    subject: "Sign in to Atrium",
    body: "Click the button to sign in. We’ll ask you to confirm.",
    button: "Sign in",
    code: "Or enter this code in the browser where you requested it:",
    lifetime: (duration: string) => `Both expire in ${duration} and work only once.`,
    linkLifetime: (duration: string) => `The link expires in ${duration} and works only once.`,
    unasked: "Didn’t ask for this? Ignore this email: nobody can sign in without it.",
  },
  alarm: {
    subject: "Unusually many wrong sign-in codes",
    body: (count: number) => `${count} wrong sign-in codes were entered within an hour, across all addresses.`,
    meaning:
      "Someone may be guessing codes at many addresses. Sign-in links keep working, and your admin sign-ins always need one. Check the audit log for unusual sign-ins.",
    button: "View audit log",
  },
  adminWelcome: {
    subject: "You’re now an admin of the agency on Atrium",
    body: (by: string) => `${by} made you an admin. You can see and manage every client.`,
    how: (email: string) => `To sign in, enter ${email}. We’ll email you a sign-in link. No password needed.`,
    button: "Sign in",
    unasked: "Not expecting this? Don’t sign in, and let the agency know.",
  },
  adminAdded: {
    subject: "New agency admin on Atrium",
    body: (by: string, email: string) => `${by} made ${email} an admin of the agency.`,
    meaning: "They can now see and manage every client. If that’s a mistake, remove them at once.",
    button: "View admins",
  },
  invitation: {
    subject: (tenant: string) => `Invitation to join ${tenant} on Atrium`,
    body: (inviter: string, tenant: string, role: string) => `${inviter} invited you to join ${tenant} on Atrium as ${role}.`,
    purpose: "Atrium shows how the shop is doing: sales, customers, email and visits, updated every hour.",
    button: "View invitation",
    lifetime: "The invitation expires in 7 days and works for this address only.",
    unasked: "Don’t know the sender? Ignore this email.",
    somebody: "The agency",
  },
  reconnect: {
    subject: (provider: string, tenant: string) => `Reconnect ${provider} for ${tenant}`,
    body: (provider: string, account: string) => `We no longer have access to the ${provider} account ${account}.`,
    unreadable: (provider: string, account: string) =>
      `We can no longer read the access we stored for the ${provider} account ${account}. Your account is fine.`,
    waits: (jobs: string) => `Paused until you reconnect: ${jobs}.`,
    nothingLost: "Your metrics so far are safe. After reconnecting we catch up on what was missed, as far as the provider allows.",
    button: "Reconnect",
    why: "You get this email because your role can connect accounts.",
  },
  cliff: {
    subject: (provider: string, tenant: string, on: string) => `${provider} for ${tenant}: access expires on ${on}`,
    body: (provider: string, account: string, on: string) =>
      `Everything works today, but our access to ${account} at ${provider} expires on ${on}.`,
    because: {
      consent: "The provider limits how long access lasts, however often it’s used.",
      unused: "Token renewal has been failing for some time, and the provider lets unrenewed access expire.",
      access: "This access can’t be renewed automatically.",
    },
    mend: {
      oauth: "Reconnect before then. Nothing is lost, and there’s nothing to set up again.",
      key: "Enter a new key before then. Nothing is lost, and there’s nothing to set up again.",
    },
    button: { oauth: "Reconnect", key: "Enter a new key" },
    why: "You get this email because your role can connect accounts. We send it 30, 14 and 3 days before.",
  },
  keyEnd: {
    subject: {
      announced: (provider: string, tenant: string, on: string) => `${provider} for ${tenant}: the old key will be deleted on ${on}`,
      reminded: (provider: string, tenant: string, on: string) =>
        `${provider} for ${tenant}: one week until the old key is deleted (${on})`,
      put_off: (provider: string, tenant: string) => `${provider} for ${tenant}: the old key stays for now`,
      called_off: (provider: string, tenant: string) => `${provider} for ${tenant}: the key stays`,
      ended: (provider: string, tenant: string) => `${provider} for ${tenant}: the old key was deleted`,
    },
    coming: (provider: string, account: string, on: string) =>
      `${account} is now connected to ${provider} by sign-in, so the key is no longer needed. We’ll delete it here on ${on}.`,
    nothingStops: "Your syncs keep running through the sign-in. You don’t have to do anything.",
    keep: "Still need the key? An owner or admin can keep it with one click.",
    putOff: (account: string) => `The key for ${account} was due to be deleted today. We kept it so that nothing stops.`,
    waits: "The sign-in isn’t working right now. Reconnect it. We’ll delete the key 30 days after that, and email you first.",
    needed: (on: string) => `Some syncs can't run through the sign-in yet. The new date is ${on}.`,
    calledOff: (account: string) => `The sign-in for ${account} was disconnected, so we’ll keep its key.`,
    ended: (provider: string, account: string) =>
      `We deleted the key for ${account}. Your syncs run through the sign-in. The key still works on ${provider} until you delete it there.`,
    button: "View connection",
    why: "You get this email because your role can connect accounts.",
  },
  accountChanged: {
    subject: (provider: string, tenant: string) => `${provider} for ${tenant}: currency or time zone changed`,
    body: (provider: string, account: string) => `The settings of the ${provider} account ${account} have changed.`,
    currency: (from: string, to: string) => `Currency: ${to} (was ${from})`,
    timezone: (from: string, to: string) => `Time zone: ${to} (was ${from})`,
    meaning: "New metrics use the new settings. Earlier metrics keep the old ones, and amounts in two currencies are never added together.",
    unintended: (provider: string) => `If this was intended, you don’t have to do anything. If not, change it back on ${provider}.`,
    button: "View the connection",
  },
  viewed: {
    subject: (tenant: string) => `The agency viewed ${tenant}`,
    body: (tenant: string, on: string) => `On ${on} an admin of the agency looked at the pages of ${tenant}, as your team sees them.`,
    meaning: "Viewing is read-only: nothing was changed. Each view is in your audit log, with its time.",
    button: "View audit log",
    why: "You get this email because your role can read the audit log.",
  },
  flowNote: {
    subject: (tenant: string) => `New notes from Shopify Flow at ${tenant}`,
    body: (tenant: string) => `Workflows in Shopify Flow left notes for ${tenant}. Later notes of the next hours are on the same page.`,
    button: "View notes",
    why: "You get this email because your role can start syncs and automations.",
  },
  approvals: {
    subject: (tenant: string) => `Actions of ${tenant} are waiting for your approval`,
    full: (automation: string) => `${automation} has used its budget for today. Decide yourself what it proposes until tomorrow.`,
    fellBackSubject: (automation: string, tenant: string) => `${automation} asks before acting again at ${tenant}`,
    fellBack: (automation: string) =>
      `${automation} acted on its own. Too many of its last 30 actions were undone, rejected or failed, so it now asks for approval first. You can change that on its page.`,
    body: (tenant: string) => `Automations of ${tenant} proposed actions that nothing is done about until you decide:`,
    item: (title: string, count: string) => `${title}: ${count}`,
    button: "View approvals",
    inert: "Opening the page decides nothing.",
    why: "You get this email because your role can decide what automations do.",
  },
  incident: {
    subject: {
      unavailable: (provider: string) => `${provider} isn’t responding for many clients`,
      rate_limited: (provider: string) => `${provider} is limiting us for many clients`,
      misconfigured: (provider: string) => `${provider} refuses our app credentials`,
    },
    closedSubject: (provider: string) => `${provider} works again`,
    counted: (failing: number, using: number) => `${failing} of ${using} clients using it are affected.`,
    waits: (jobs: string) => `Paused until it’s over, then restarted one by one: ${jobs}.`,
    nothingToDo: "You don’t have to do anything: we test a few accounts every minute and email you when it’s over.",
    ours: "We need to fix this. Check our client ID and secret there, and the app’s status in its developer account.",
    closed: (minutes: number) => `It’s over after ${minutes} minutes. Paused jobs restart automatically within 10 minutes.`,
    button: "View incident",
  },
  version: {
    subject: (provider: string) => `${provider} retired the API version we use`,
    body: (provider: string, version: string) =>
      `${provider} no longer supports the API version we use (${version}). Syncs from ${provider} are failing. Clients don’t have to do anything.`,
    mend: "Deploy a release that uses a newer version. Syncs then resume on schedule.",
    button: "View expiring access",
  },
  reveal: {
    subject: (tenant: string) => `Access request for ${tenant}`,
    body: (asking: string, account: string, provider: string, tenant: string) =>
      `${asking} requests access to a secret of the ${provider} account ${account}, which belongs to ${tenant}.`,
    reason: (reason: string) => `Reason: ${reason}`,
    decide: "Another admin has to allow it within 24 hours. Nothing is shown until then.",
    button: "Allow or refuse",
  },
  workspaceRequest: {
    subject: "New workspace request",
    body: (asking: string, company: string) => `${asking} requests a workspace for ${company}.`,
    decide: "If you approve, we create the client and email them an invitation. If you decline, we delete their details after 30 days.",
    button: "Approve or decline",
  },
  ending: {
    subject: (tenant: string, on: string) => `${tenant} will be deleted on ${on}`,
    body: (by: string, tenant: string, on: string) =>
      `${by} scheduled the deletion of ${tenant}. All syncs have stopped, and on ${on} everything stored here will be permanently deleted.`,
    back: "Until then, one click undoes it.",
    button: "View or cancel deletion",
    why: "You get this email because your role can delete this workspace.",
  },
  digest: {
    subject: (count: number, tenant: string | null) =>
      `${count === 1 ? "1 notification" : `${count} notifications`}${tenant === null ? "" : ` for ${tenant}`}`,
    body: "What happened since your last summary:",
    button: "View notifications",
    why: "You chose a daily summary for these. You can change that in your settings.",
  },
  becauseStaff: "You get this email because you’re an admin of the agency.",
  roles: {
    owner: "an owner",
    admin: "an admin",
    developer: "a developer",
    billing: "billing contact",
    member: "a member",
    viewer: "a viewer",
  },
};

export type Words = typeof en;

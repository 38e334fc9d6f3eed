import type { overview as english } from "../en/overview.ts";
import type { Translation } from "../shape.ts";

export const overview = {
  overview: {
    title: "סקירה",
    description:
      "{{count}} הימים האחרונים, {{from}} עד {{to}}, כולל היום עד כה. השינוי משווה את 28 הראשונים שבהם, שהסתיימו, ל־28 הימים שלפניהם: אותם ימים בשבוע בשני הצדדים.",
    calendar: "הימים לפי שעון החשבון: {{zone}}",
    calendarUnknown: "{{zone}} אינו אזור זמן מוכר, ולכן הימים נספרים לפי שלכם",
    cohortRunning: "עד כה",
    cohortRunningNote: "החודש הנוכחי עוד לא הסתיים.",
    descriptionEmpty: "כאן יופיעו הנתונים שלך.",
    emptyTitle: "חברו את החנות כדי לראות את הנתונים הראשונים",
    emptyBody: "חברו את Shopify, את Klaviyo או את Google. הסנכרון הראשון מתחיל מיד, והנתונים הראשונים מגיעים תוך דקות.",
    emptyAction: "חיבור ספק",
    emptyReadOnly: "בקשו מבעלים, ממנהל או ממפתח של סביבת העבודה לחבר ספק.",
    waitingTitle: "עדיין ללא נתונים",
    waitingDescription: "מה עוד חסר לכל סנכרון.",
    nothingMeasured: "הוא רץ, אך עדיין לא היה מה למדוד.",
    measured: "נמדד לאחרונה",
    never: "עדיין לא נמדד",
    next: "ההרצה הבאה",
    seeRuns: "ההרצות שלו",
    latestRuns: "ההרצות האחרונות",
    allRuns: "כל ההרצות",
    noRuns: "דבר עוד לא רץ",
    total: "נתון",
    share: "חלק",
    cohortSize: "לקוחות",
    cohortMonth: "כעבור {{month}} חודשים",
    cohortCaption: "מתוך הלקוחות שקנו לראשונה בחודש מסוים, החלק שקנה שוב כעבור כך וכך חודשים.",
    breakdownMore_one: "ועוד אחד",
    breakdownMore_two: "ועוד שניים",
    breakdownMore_other: "ועוד {{count}}",
    moreCharts_one: "תרשים נוסף אחד",
    moreCharts_two: "שני תרשימים נוספים",
    moreCharts_other: "{{count}} תרשימים נוספים",
  },
  health: {
    ok: "תקין",
    warn: "דורש תשומת לב",
    bad: "קריטי",
  },
  threshold: {
    ok: "טוב",
    warn: "לשים לב",
    bad: "קריטי",
  },
  figures: {
    title: "{{sensor}}: נתונים לפי יום",
    description: "הנתונים של כל יום, מ-{{from}} עד {{to}}.",
  },
} satisfies Translation<typeof english>;

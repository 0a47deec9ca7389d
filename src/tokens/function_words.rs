//! The commonest words of each language that few of the others share, as data.

/// Index into [`super::language::LANGS`].
pub(super) type Lang = u8;

const RU: Lang = 0;
const UK: Lang = 1;
const BE: Lang = 2;
const KK: Lang = 3;
const KY: Lang = 4;
const UZ: Lang = 5;
const TG: Lang = 6;
const EN: Lang = 7;

/// Word lists per language; written for this project.
const LISTS: [(Lang, &str); 8] = [
    (
        RU,
        "и в не что на это как он они мы вы было быть есть нет так уже или все всё его её их если когда только \
          чтобы ещё еще для кто где там тут этот эта эти который которые будет были был у от до по за без очень \
          вот даже почему потому себя мне нам вам меня тебя тоже ты я же бы ли из со во сейчас надо нужно можно",
    ),
    (
        UK,
        "що це як не та на є був була було були буде вони він вона ми ви ти я його її їх якщо коли тільки щоб ще \
          для хто де там тут цей ця ці який які від до по за без дуже ось навіть чому тому себе мені нам вам мене \
          тебе теж би чи з із зі зараз треба потрібно можна але або й у",
    ),
    (
        BE,
        "гэта што як не ён яна яны мы вы ты я яго яе іх калі толькі каб яшчэ для хто дзе там тут гэты гэтая быў \
          была было былі будзе ад да па за без вельмі вось нават чаму таму сябе мне нам вам мяне цябе таксама \
          няма але ці зараз трэба можна ў",
    ),
    (
        KK,
        "бұл және мен сен сіз біз олар емес үшін деген бар жоқ керек қазақ деп болды болып осы сол не неге қандай \
          ғой да де та те бір жаман жақсы мынау анау тек дейді бәрі өз ел енді кейін дейін сияқты туралы халық \
          болады болса керек емес",
    ),
    (
        KY,
        "бул жана мен сен сиз биз алар эмес үчүн деген бар жок керек кыргыз деп болду болуп ошол ушул эмне эмнеге \
          кандай да дагы бир жаман жакшы тек дейт баары өз эл эми кийин чейин сыяктуу жөнүндө ким болот болсо эч",
    ),
    (
        UZ,
        "ва бу мен сен сиз биз улар эмас учун деган бор йўқ керак деб бўлди бўлиб шу нима нега қандай ҳам бир \
          ёмон яхши фақат ўз энди кейин каби ҳақида ким билан va bu men sen siz biz ular emas uchun degan bor \
          yo'q kerak deb bo'ldi nima nega qanday ham bir yomon yaxshi faqat o'z endi keyin kabi haqida kim bilan \
          hech lekin edi ekan",
    ),
    (
        TG,
        "ва ин он ман ту шумо мо онҳо нест барои ки дар аз ба бо аст ҳаст бояд гуфт шуд чӣ чаро чи хуб бад фақат \
          худ баъд мисли кас ҳеҷ агар вале ҳам бисёр",
    ),
    (
        EN,
        "the and of you is are this that with have has they it's what not will for your would there from just \
          people who how why but his their them if about be been was were than then when which should could can \
          i i'm don't doesn't he she we our my to in it on at as by or so all more some only out up because its \
          that's can't isn't didn't won't you're they're there's those these any very much other into after now here \
          did does doing going being again never always really right know think make get got good like one said \
          before while without against since until though whether through maybe probably nothing something \
          anything everything someone anyone everyone where both every many few too",
    ),
];

/// Words that the Cyrillic lists share with Russian tell nothing against it, so they count for each.
static TABLE: std::sync::LazyLock<rustc_hash::FxHashMap<&'static str, u8>> = std::sync::LazyLock::new(|| {
    let mut table: rustc_hash::FxHashMap<&'static str, u8> = rustc_hash::FxHashMap::default();
    for (lang, list) in LISTS {
        list.split_whitespace().for_each(|word| *table.entry(word).or_default() |= 1 << lang);
    }
    table
});

/// Languages in which `word` (lower case) is one of the commonest, a bit each.
pub(crate) fn languages(word: &str) -> u8 {
    TABLE.get(word).copied().unwrap_or(0)
}

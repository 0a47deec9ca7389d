//! Comments that another host serves: told by its script, its frame or its placeholder.

use crate::page::html::{Dom, Id, tag};

/// A host, and what on a page belongs to it.
struct Host {
    name: &'static str,
    /// Parts of addresses of scripts and frames.
    addresses: &'static [&'static str],
    /// Ids and classes of the placeholder; a `*` at the end stands for any rest.
    places: &'static [&'static str],
    /// Tags of the placeholder.
    tags: &'static [&'static str],
}

const HOSTS: &[Host] = &[
    Host {
        name: "disqus",
        addresses: &[".disqus.com/embed", "disqus.com/embed/comments"],
        places: &[
            "disqus_thread",
            "disqus-thread",
            "disqus_embed",
            "dsq-content",
            "disqus-comments",
            "disqus_comments",
            "js-disqus",
            "disqusComments",
        ],
        tags: &[],
    },
    Host {
        name: "facebook",
        addresses: &["facebook.com/plugins/feedback", "facebook.com/plugins/comments"],
        places: &["fb-comments", "fb_comments", "fb-comments-box", "facebook-comments", "fbcomments"],
        tags: &["fb:comments"],
    },
    Host {
        name: "spot.im",
        addresses: &["launcher.spot.im", ".spot.im/spot/", "openweb.com/conversation"],
        places: &["spot-im-frame-inpage", "spot-im-root", "spotim-conversation"],
        tags: &["ow-conversation"],
    },
    Host {
        name: "coral",
        addresses: &[
            "coral.coralproject.net",
            "/assets/js/embed.js?coral",
            ".coral.coralproject",
            "talk/static/embed",
            "/static/embed.js",
        ],
        places: &[
            "coral_thread",
            "coral-embed",
            "coral_talk_stream",
            "coral-talk-stream",
            "coral-talk",
            "coralTalk",
            "talk-embed",
            "coral-comments",
            "coral_talk",
        ],
        tags: &[],
    },
    Host {
        name: "viafoura",
        addresses: &["cdn.viafoura.net", "viafoura.com"],
        places: &["viafoura", "viafoura-comments", "vf-comments"],
        tags: &["vf-conversations", "vf-comments"],
    },
    Host {
        name: "hypercomments",
        addresses: &["hypercomments.com"],
        places: &["hypercomments_widget", "hypercomments_mix"],
        tags: &[],
    },
    Host {
        name: "cackle",
        addresses: &["cackle.me/widget", "cackle.ru/widget"],
        places: &["mc-container", "mc-comments", "mc-review"],
        tags: &[],
    },
    Host {
        name: "vk",
        addresses: &["vk.com/widget_comments"],
        places: &["vk_comments", "vk-comments", "vkcomments"],
        tags: &[],
    },
    Host {
        name: "livefyre",
        addresses: &["livefyre.com/wjs", "livefyre.com/libs"],
        places: &["livefyre-comments", "livefyre_comments", "livefyre-app-*"],
        tags: &[],
    },
    Host {
        name: "intensedebate",
        addresses: &["intensedebate.com/js"],
        places: &["idc-container", "idc-commentcount_wrap", "IDCommentsNewThread"],
        tags: &[],
    },
    Host {
        name: "gigya",
        addresses: &[],
        places: &["gigya-comments", "gig-comments", "commentsDiv-gigya", "gigyaCommentsUI"],
        tags: &[],
    },
    Host {
        name: "hyvor",
        addresses: &["talk.hyvor.com"],
        places: &["hyvor-talk-view"],
        tags: &["hyvor-talk-comments"],
    },
    Host { name: "remark42", addresses: &[], places: &["remark42"], tags: &[] },
    Host { name: "isso", addresses: &["/embed.min.js"], places: &["isso-thread"], tags: &[] },
    Host { name: "commento", addresses: &["commento.io/js"], places: &["commento"], tags: &[] },
    Host { name: "utterances", addresses: &["utteranc.es/client.js"], places: &["utterances"], tags: &[] },
    Host {
        name: "giscus",
        addresses: &["giscus.app/client.js"],
        places: &["giscus"],
        tags: &["giscus-widget"],
    },
    Host { name: "graphcomment", addresses: &["graphcomment.com"], places: &["graphcomment"], tags: &[] },
    Host { name: "muut", addresses: &["cdn.muut.com"], places: &["muut"], tags: &[] },
    Host { name: "solidopinion", addresses: &["solidopinion.com"], places: &["so_comments"], tags: &[] },
    Host {
        name: "svkomments",
        addresses: &["sv-ki.com", "svk-native"],
        places: &["svknative", "svkomments"],
        tags: &[],
    },
    Host {
        name: "telegram",
        addresses: &["comments.app/js/widget", "telegram-widget.js?discussion"],
        places: &["comments-app-widget"],
        tags: &[],
    },
    Host {
        name: "pluck",
        addresses: &["/ver1.0/direct/jsonp", "pluck.com/"],
        places: &["pluck_comments", "pluckComments"],
        tags: &[],
    },
    Host {
        name: "insticator",
        addresses: &["insticator.com"],
        places: &["insticator-commenting", "insticator-comments"],
        tags: &[],
    },
    Host {
        name: "vuukle",
        addresses: &["cdn.vuukle.com"],
        places: &["vuukle-comments", "vuukle_div"],
        tags: &[],
    },
    Host { name: "civil", addresses: &["civilcomments.com"], places: &["civil-comments"], tags: &[] },
    Host {
        name: "discourse",
        addresses: &["/javascripts/embed.js"],
        places: &["discourse-comments"],
        tags: &[],
    },
];

/// Phrases that stand where a script would have put the comments. Lower case.
const NEEDS_SCRIPT: &[&str] = &[
    "enable javascript to view the comments",
    "enable javascript to load the comments",
    "enable javascript to see comments",
    "comments powered by disqus",
    "view the discussion thread",
    "load comments",
    "loading comments",
    "show comments",
    "view comments",
    "comments are loading",
    "комментарии загружаются",
    "загрузить комментарии",
    "показать комментарии",
    "включите javascript, чтобы увидеть комментарии",
    "загрузка комментариев",
    "kommentare laden",
    "kommentare werden geladen",
    "kommentare anzeigen",
    "afficher les commentaires",
    "voir les commentaires",
    "charger les commentaires",
    "chargement des commentaires",
    "показати коментарі",
    "завантажити коментарі",
];

/// The host that would have served the comments, `script` when only its absence is told.
pub(crate) fn host(dom: &Dom) -> Option<&'static str> {
    let mut by_address = None;
    let mut by_phrase = None;
    for id in 1..dom.len() {
        if let Some(host) = placed(dom, id) {
            return Some(host);
        }
        by_address = by_address.or_else(|| addressed(dom, id));
        if dom.is_text(id) && by_phrase.is_none() {
            let text = dom.text(id).trim();
            if (8..160).contains(&text.len()) {
                let lower = text.to_lowercase();
                by_phrase = NEEDS_SCRIPT.iter().find(|p| lower.contains(**p)).map(|_| "script");
            }
        }
    }
    by_address.or(by_phrase)
}

fn placed(dom: &Dom, id: Id) -> Option<&'static str> {
    if dom.is_text(id) {
        return None;
    }
    let (own, class, tag) = (dom.html_id(id), dom.class(id), dom.tag_str(id));
    let named = own.len() + class.len() > 3;
    let hit = |name: &str, place: &str| match place.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == place,
    };
    HOSTS
        .iter()
        .find(|h| {
            h.tags.contains(&tag)
                || (named
                    && h.places
                        .iter()
                        .any(|p| hit(own, p) || class.split_ascii_whitespace().any(|c| hit(c, p))))
        })
        .map(|h| h.name)
}

fn addressed(dom: &Dom, id: Id) -> Option<&'static str> {
    if !matches!(dom.name(id), tag::SCRIPT | tag::IFRAME) {
        return None;
    }
    let src = dom.attr_of(id, tag::SRC).or_else(|| dom.attr(id, "data-src"))?;
    HOSTS.iter().find(|h| h.addresses.iter().any(|a| src.contains(a))).map(|h| h.name)
}

"""Regular expressions for the generic phrases of a news page's furniture.

Many publishers share these phrases ("Read more", "Advertisement", "Sign up to our newsletter").
No outlet or title is named, and social networks only as share buttons name them. Each expression
is bounded, so that no line can make it slow. See `line_rules.py` for what a match means.

Tested in `tests/ingest/cleaning/test_clean.py`.
"""

import re


def whole(*phrases: str) -> re.Pattern[str]:
    """Phrases that fill a whole line, with any closing punctuation."""
    return re.compile(rf"(?:{'|'.join(phrases)})\W{{0,12}}", re.IGNORECASE)


def opening(*phrases: str) -> re.Pattern[str]:
    """Phrases that open a line."""
    return re.compile("|".join(phrases), re.IGNORECASE)


SUMMARY = whole(
    r"(?:in a (?:hurry|rush)\b\W{0,5})?(?:here(?:['’]?s| is| are)\s+)?(?:(?:a|the|our|your)\s+)?"
    r"(?:quick|short|brief|fast|\d{1,3}[- ](?:second|minute))\s+"
    r"(?:summary|read|take|version|recap|facts)",
    r"(?:the\s+)?key\s+(?:points?|takeaways?|facts?|findings?|events?|developments?|messages?|details)",
    r"(?:the\s+)?main\s+(?:points|takeaways|facts)",
    r"at[- ]a[- ]glance",
    r"(?:the\s+|story\s+|article\s+|news\s+)?highlights",
    r"tl\W?dr",
    r"(?:article\s+|story\s+|news\s+|ai\s+)?summary(?:\s+of\s+(?:this|the)\s+(?:article|story))?",
    r"(?:here\s+are\s+)?the\s+(?:gist|essentials|upshot)",
    r".{0,40}\bin\s+(?:two|three|four|five|[2-5])\s+(?:lines|points|bullets|sentences)",
    r"(?:top|main|our)?\s?takeaways",
    r"in\s+a\s+nutshell",
    r"(?:in a (?:hurry|rush)|short on time|no time to read)\b.{0,60}",
)
SUMMARY_IF_BULLETS = whole(
    r"in\s+(?:brief|short|summary|this\s+(?:story|article))",
    r"\W{0,3}what\s+(?:you\s+(?:need\s+to|should)\s+know|to\s+know|we\s+know(?:\s+so\s+far)?)",
    r"(?:need|things)\s+to\s+know",
    r"why\s+(?:it|this)\s+matters",
    r"(?:the\s+)?bottom\s+line",
)
SUMMARY_INLINE = opening(
    r"(?:tl\W?dr|in a nutshell|at a glance|key points?|key takeaways?|quick summary|"
    r"(?:story |article )?summary|highlights)\s*[:–—]\s+(?=\S+ \S+ \S+ \S+)",
)

RELATED = whole(
    r"(?:read|see|watch|listen)\s+(?:also|more|next|too|now)",
    r"also\s+(?:read|see|watch|on\s+.{2,25})",
    r"read\s+more\s+(?:on|about|from|at|in|stories|news)\b.{0,50}",
    r"(?:more|next)\s+(?:on|about|from|in|stories|news|for you|like this|coverage|reading)\b.{0,40}",
    r"related(?:\s+(?:articles?|stor(?:y|ies)|posts?|content|coverage|links?|news|topics?|"
    r"videos?|reading))?(?:\s+\d{1,3})?",
    r"(?:you|readers)\s+(?:may|might|will|could|also)(?:\s+also)?\s+"
    r"(?:like|enjoy|be\s+interested\s+in)",
    r"recommended(?:\s+.{2,30})?",
    r"(?:must|keep|further|continue)[- ](?:reads?|reading|watch)",
    r"(?:what\s+to\s+)?(?:read|watch)\s+next",
    r"in\s+case\s+you\s+missed\s+it",
    r"(?:see|learn|find\s+out)\s+more",
    r"similar\s+(?:articles|stories|posts)",
    r"more\s+(?:[\w&'’-]{1,15}\s+){1,2}(?:news|stories|headlines|coverage|videos|reading)",
)
RELATED_INLINE = opening(
    r"(?:also\s+(?:read|see|watch)|(?:read|see|watch|listen)\s+(?:also|more|next|too)|"
    r"related(?:\s+(?:article|story|news))?|more\s+on\s+this|recommended|don['’]?t\s+miss|"
    r"must[- ]read|in\s+case\s+you\s+missed\s+it|click\s+here|find\s+out\s+more)"
    r"\s{0,3}[:|>»–—-]\s{0,3}\S",
    r"click\s+here\s+(?:to|for)\b",
    r"visit\s+our\b",
    r"see\s+also\b",
    r"(?:also\s+(?:on|in|from)\s.{2,30}?|from\s+(?:our|the)\s+archives?|keep\s+reading|up\s+next|"
    r"other\s+(?:headlines|stories|news)|more\s+(?:from|in|on|stories|news)\s.{2,40}?|"
    r"(?:previous|next)(?:\s+(?:post|story|article))?)\s{0,3}[:|>»▶→]\s{0,3}\S",
)
LINK_WORD = opening(
    r"(?:read|watch|video|listen|podcast|quiz|gallery|in\s+pictures|explainer)\s{0,3}[:|>»]\s{0,3}\S",
)
POPULAR = whole(
    r"most\s+(?:read|popular|viewed|watched|shared|commented|recent)\b.{0,30}",
    r"(?:trending|popular)(?:\s+.{2,30})?",
    r"(?:top|latest|other|recent|featured|breaking|all|our\s+best|today['’]s)\s+"
    r"(?:stories|news|posts|videos?|headlines|articles|topics|picks)(?:\s+.{1,25})?",
    r"latest\s+(?:from|in)\b.{0,30}",
    r"(?:the\s+)?latest",
    r"editor['’]?s?['’]?\s+(?:picks?|choice)",
    r"don['’]t\s+miss",
    r"(?:from|around|across)\s+(?:the|our)\s+(?:web|network|partners|archives?|newsroom)",
    r"up\s+next",
    r"(?:sponsored|promoted|partner|paid)\s+(?:stories|content|links|posts?)",
    r"voucher\s+codes?",
    r"more\s+about",
    r"(?:stories|articles)\s+(?:people|readers|others|you)\b.{0,30}",
    r"in\s+the\s+headlines|hot\s+(?:on|right\s+now|topics)\b.{0,20}",
    r"(?:previous|next)\s+(?:article|story|post)",
)

ADVERT = whole(
    r"(?:an?\s+)?advert(?:isement|ising|orial|s)?(?:\s+\d{1,3})?(?:\s+continue\s+reading\b.{0,40})?",
    r"ads?(?:\s+(?:loading|feedback|choices))?",
    r"(?:(?:story|article|content|post)\s+)?continue[sd]?\s+(?:reading\s+)?"
    r"(?:below|after|under)\b.{0,40}",
    r"(?:scroll|swipe)\s+(?:down\s+)?(?:to|for)\s+(?:continue|read|keep|more)\b.{0,30}",
    r"(?:end\s+)?ad",
    r"skip\s+(?:ad|advert|advertisement|past\b.{0,40})",
    r"(?:sponsored|promoted)(?:\s+by\s+.{2,40})?",
    r"paid\s+(?:post|content|for\s+by\s+.{2,40})",
    r"(?:brand|partner|sponsored)\s+content",
)
ADVERT_OPENING = opening(
    r"this\s+advert(?:isement)?\s+has\b|(?:sponsored|promoted|advert(?:isement)?)\s?[:|]\s?\S",
    r"(?:story|article)\s+continues\s+(?:below|after)\b",
    r"we\s+(?:may\s+)?(?:earn|receive|get|make)\s+(?:an?\s+)?(?:\w{1,20}\s+)?commission",
    r"(?:if\s+you\s+buy|when\s+you\s+(?:buy|purchase)|buying\s+through)\b.{0,80}"
    r"\b(?:commission|links?|us)\b",
    r"we\s+independently\s+(?:select|review)\b",
    r"ad(?:vertising)?[- ]block(?:er)?s?\s+(?:users?|detected)",
    r"(?:please\s+)?(?:disable|turn\s+off)\s+your\s+ad[- ]?block",
)

_NETWORK = (
    r"(?:facebook|twitter|x|whatsapp|linkedin|reddit|telegram|pinterest|messenger|instagram|"
    r"youtube|tiktok|tumblr|flipboard|threads|bluesky|mastodon|sms|e-?mail|print|copy|link|share)"
)
END = whole(
    r"(?:\d{1,6}\s+)?(?:comments?|replies)(?:\s{0,2}\(?\d{0,6}\)?)?",
    r"(?:about|meet)\s+the\s+authors?",
    r"readers?\s+(?:write|comments?|responses?)(?:\s{0,2}\(?\d{0,6}\)?)?",
    r"(?:responses|reactions|remarks|discuss(?:ion)?)\s{0,2}\(\d{1,6}\b[^)]{0,20}\)"
    r"(?:\W{1,4}(?:newest|oldest|sort)\b.{0,20})?",
)
TAIL = whole(
    r"(?:add|leave|post|view|show|hide|load|read|see|write|be\s+the\s+first\s+to)\s+"
    r"(?:an?\s+|all\s+|your\s+|the\s+)?(?:\d{1,6}\s+|more\s+)?(?:comments?|reply)\b.{0,30}",
    r"(?:join|start)\s+the\s+(?:conversation|discussion|debate)",
    r"(?:have\s+your\s+say|what\s+do\s+you\s+think)\b.{0,40}",
    r"share(?:\s+(?:this|on|via|with|the|or|save|close|your|article|full|copy|\d)\b.{0,80})?",
    r"(?:total\s+|\d{1,6}\s+)?shares?|share\s?:.{0,80}|views?\s?:\s?\d[\d,.]{0,9}",
    r"(?:e-?mail|print|tweet|pin|save|copy\s+link|copy\s+url|url\s+copied|link\s+copied|copied|"
    r"bookmark|send|gift(?:\s+article)?)(?:\s+(?:this|article|story|link|it|page|a|friend|\d{1,6})){0,4}",
    rf"{_NETWORK}(?:[\s,|]{{1,3}}{_NETWORK}){{0,12}}",
    r"follow(?:\s+(?:us|me|him|her|them|on|author|this)\b.{0,60})?",
    r"follow\s+\w{1,30}",
    r"(?:#\w{2,40}[\s,]{0,3}){2,12}",
    r"(?:save|add)\s+(?:to|this|story|article|for)\b.{0,30}|republish(?:\s+this\b.{0,30})?",
    r"listen(?:\s+in\s+\w{2,20})?(?:\s?\(\d{1,3}\s?min\w{0,4}\))?",
    r"find\s+us\s+on\b.{0,30}",
    r"(?:tags?|topics?|filed\s+under|categor(?:y|ies)|keywords?)\b(?:\s{0,2}:.{0,200})?",
    r"contact\s+the\s+authors?",
    r"(?:read\s+more|more)\s+on\s+these\s+topics",
    r"(?:back|scroll)\s+to\s+(?:the\s+)?(?:top|video|story|article)",
    r"(?:get\s+the\s+)?app\s+store|google\s+play|download\s+(?:our|the)\s+app\b.{0,40}",
    r"(?:report|suggest)\s+(?:a|an)\s+(?:correction|error|typo|problem)\b.{0,30}",
    r"listen\s+to\s+(?:this\s+)?(?:article|story)\b.{0,30}",
    r"(?:total|shares)",
)
TAIL_OPENING = opening(
    r"©|\(c\)\s|copyright\s+(?:©|\d{4}|\(c\)|by)|all\s+rights\s+reserved",
    r"share\s+(?:(?:or\s+comment\s+on\s+)?this\s+(?:article|story|post|page)|full\s+article)\b",
    r"(?:please\s+)?(?:read|review|see)\s+our\s+"
    r"(?:comment|commenting|community|privacy|cookie|terms)\b",
    r"(?:the\s+)?comments?\s+(?:section\s+)?(?:are|is|below|on this)\b.{0,60}"
    r"\b(?:closed|moderated|views)",
    r"(?:please\s+)?enable\s+javascript|you\s+must\s+be\s+logged\s+in|log\s?in\s+to\s+comment",
    r"(?:you\s+can\s+)?(?:e-?mail|contact|reach|follow)\s+"
    r"(?-i:(?:[A-Z][\w.'’-]{1,30}\s+){1,3})(?:here|at|on)\b",
    r"(?:follow|like|find)\s+us\s+on\b",
    r"(?:do|did)\s+you\s+(?:have\s+a\s+(?:story|tip)|know\s+more)\b",
    r"got\s+a\s+(?:story|tip|question)\b|get\s+(?:full\s+access|in\s+touch)\b",
    r"(?:send|e-?mail)\s+(?:us|your\s+(?:tips|stories|news))\b",
    r"for\s+more\s+(?:news|stories|articles|of\s+the\s+latest)\b|check\s+out\s+(?:more|our)\b",
    r"(?:(?:story|article)\s+saved\.?\s+)?you\s+can\s+find\s+this\s+(?:story|article)",
    r"(?:this\s+(?:story|article|piece)\s+is\s+free\s+to|you\s+may)\s+(?:be\s+)?republish",
    r"leave\s+a\s+(?:reply|comment)\b|your\s+e-?mail\s+address\s+will\s+not|"
    r".{0,80}\badvertise\s+with\s+us\b",
    r"licensed\s+(?:under\s+)?cc\b|disclaimer\s?:|.{0,60}\breproduction\s+(?:by|only|without)\b",
    r".{0,60}\b(?:values?|welcomes?)\s+your\s+comments\b",
    r"(?:any\s+)?(?:material|content)\s+(?:may\s+not\s+be|on\s+this\s+(?:site|page))\b",
    r"the\s+post\s.{3,200}\sappeared\s+first\s+on\b",
)
PRODUCTION = opening(
    r"[-–—*\s(\[]{0,4}(?:(?:with\s+)?additional\s+reporting|reporting\s+by|edited\s+by|"
    r"editing\s+by|compiled\s+by|writing\s+by)\b",
    r"this\s+(?:article|story|post)\s+(?:was|has\s+been|is|first|originally)\b.{0,60}"
    r"(?:published|appeared|updated|republished|amended|produced|written|corrected|syndicated)",
    r"originally\s+published\b",
)

CORRECTION = opening(
    r"(?:corrections?|clarification|erratum)\s?[:–—]\s",
    r"(?:an?|the|our)\s+(?:earlier|previous|prior|initial)\s+"
    r"(?:version|edition|report|story|article|post|headline)\s+(?:of|on|in)\s+(?:this|our)\s+"
    r"(?:story|article|report|post|page|web\s?site|site|newsletter|headline)\b",
)
CALL = opening(
    r"(?:have|has|got|see|seen|know|do|did|is|are|were|want|spotted|enjoy\w{0,3})\b[^.?!]{2,90}\?\s"
    r"(?:[^.?!]{0,40}\s)?(?:send|whatsapp|e-?mail|text|write\s+to|tell\s+us|get\s+in\s+touch|"
    r"contact|let\s+us\s+know)\b",
    r".{0,120}\b(?:enter\s+your\s+(?:e-?mail|address)|(?:in|to|into)\s+your\s+inbox|"
    r"free\s+articles?\s+(?:left|remaining)|(?-i:[Tt]ext\s+[A-Z]{2,12})\s+to\s+\d{3,6}|"
    r"dial\s+\*\d|by\s+submitting\b|(?:as\s+(?:a\s+|your\s+)?)preferred\s+(?:source|on)\b|"
    r"yes\s+please|maybe\s+later)",
    r"(?:subscribe|become\s+an?\s+(?:\w{1,20}\s+)?(?:member|supporter|subscriber))\b[^.!?]{0,80}"
    r"(?:[$£€₹₦]|\b(?-i:Rs|Ksh|Sh|N))\.?\s?\d",
)

PAYWALL = opening(
    r"this\s+(?:content|article|story)\s+is\s+(?:reserved\s+for|only\s+available|exclusive|for|"
    r"free\s+to\s+read|available\s+(?:only\s+)?to)\b",
    r"(?:already|not\s+yet)\s+an?\s+(?:subscriber|member)\b",
    r"(?:please\s+)?(?:subscribe|register|sign\s*(?:up|in)|log\s*in|"
    r"create\s+an?\s+(?:free\s+)?account)\b(?:.{0,70}\b(?:continue|keep)\s+(?:reading|with)\b|"
    r".{0,30}\b(?:unlock|read\s+(?:the|on|more|this))\b)",
    r"(?:continue|keep)\s+reading\b.{0,60}\b(?:subscri|account|trial|for\s+(?:free|just|only))",
    r"(?:to|you(?:['’]ll|\s+will)?\s+need\s.{0,60})\s+(?:continue|keep)\s+reading\b",
    r"you(?:['’]ve|\s+have)\s+(?:reached|read|used)\b.{0,40}\b(?:limit|articles?|stories)\b",
    r"you\s+can\s+(?:save|manage)\b.{0,20}\barticles?\b",
    r"subscribe\s+for\s+(?:more|[$£€\d])|unlimited\s+(?:online\s+|digital\s+)?access\b",
    r"(?:just|only|from)\s+[$£€R]\s?\d[\d.,]{0,8}\s+(?:for|per|a|/)\s{0,2}\w+",
    r"if\s+you\s+are\s+a\s+(?:home|print|subscriber|member)\b",
)
CONSENT = opening(
    r"(?:we(?:\s+and\s+our\s+(?:\d{1,5}\s+)?partners)?|this\s+(?:web)?site|our\s+(?:web)?sites?|"
    r"\w{2,30}(?:\s\w{1,30})?)\s+(?:use[sd]?|stores?)\b.{0,60}"
    r"\b(?:cookies|personal\s+data|your\s+data)\b",
    r"(?:accept|reject|manage)\s+(?:all|cookies|your\s+(?:cookies|preferences|choices)|"
    r"preferences|consent)\b",
    r"by\s+(?:clicking|continuing|using|submitting|signing|entering|providing|subscribing)\b"
    r".{0,60}\b(?:agree|consent|accept)\b",
    r"we\s+(?:value|care\s+about)\s+your\s+privacy|we\s+use\s+your\s+sign-?up\b",
    r"(?:you\s+can\s+)?(?:change|withdraw)\s+your\s+(?:mind|choices?|consent|preferences)\b",
)

NAVIGATION = whole(
    r"(?:skip|jump)\s+(?:to|links?)\b.{0,40}",
    r"(?:main\s+|secondary\s+)?(?:menu|navigation)(?:\s+items)?",
    r"(?:open|close|toggle|show|hide)\s+(?:main\s+)?(?:menu|navigation|search|sub\S{0,20})\b.{0,20}",
    r"home(?:\s?[»>/|›].{0,200}|page)?",
    r"(?:perform\s+|show\s+|site\s+)?search(?:\s+(?:for|query|submit|search|the site)){0,4}\b.{0,30}",
    r"(?:log|sign)\s?(?:in|out|up)(?:\s?[/|]?\s?(?:register|subscribe|(?:or|and)\s+.{2,30}|"
    r"sign\s?up|account)){0,2}",
    r"register|subscribe(?:\s+(?:now|here|today|free|[$£€\d/].{0,12}))?|subscriptions?|"
    r"newsletters?|my\s+account|donate|e-?paper|become\s+a\s+member",
    r"(?:privacy|cookies?|terms|legal|accessibility|about|contact|advertis\w{1,6}|careers|sitemap|"
    r"faqs?|help|feedback)(?:\s?(?:[&|/,·•]|and|of|us|with|policy|notice|settings|conditions|use|"
    r"service|statement|centre|center|info)){0,8}",
    r"(?:view|show|see|load|read)\s+(?:all|more|less|results|full\b.{0,20})\b.{0,20}",
    r"now\s+playing(?:\s+next)?|play(?:\s+(?:video|now))?|video\s+(?:loading|unavailable)|"
    r"click\s+to\s+(?:play|read|hide|expand|enlarge)\b.{0,40}|tap\s+to\s+\w{1,12}|"
    r"the\s+video\s+will\s+auto-?play\b.{0,30}",
    r"article\s+content|table\s+of\s+contents|breadcrumbs?(?:\s+trail(?:\s+links)?)?|"
    r"image\s+\d{1,3}\s+of\s+\d{1,3}|\d{1,3}\s?(?:/|of)\s?\d{1,3}",
    r"(?:loading|please\s+wait|fetching\s+more)\b.{0,20}",
    r"author\s+of\s+the\s+article|contact\s+the\s+author",
    r"video\s+of\s+the\s+(?:week|day)|question\s+of\s+the\s+day",
    r"(?:hide|show|view|see)\s+(?:the\s+)?(?:full\s+)?captions?\b.{0,20}",
    r"(?:photo|image|picture|slide)s?\s+\d{1,3}\s?(?:of|/)\s?\d{1,3}\b.{0,40}",
    r"\d{1,2}:\d{2}\s?/\s?\d{1,2}:\d{2}\b.{0,80}|current\s+time\b.{0,60}|"
    r"(?:video|media|audio)\s+player\b.{0,60}|this\s+is\s+a\s+modal\s+window|(?:un)?mute",
    r"text(?:\s+size)?\b\W{0,3}[asml](?:\W{0,3}\b[asml]\b){1,6}.{0,50}",
    r"iframe(?::\s\S{1,200})?|button|img|link:\s.{1,60}",
    r"not\s?now|yes,?\s+please|maybe\s+later|no,?\s+thanks|i['’]m\s+in|got\s+it|ok(?:ay)?|submit|cancel|"
    r"dismiss|close(?:\s+(?:sticky\s+)?(?:video|ad|this|window|modal|banner))?",
    r"add\s+(?:us\s+)?as\s+(?:a\s+)?preferred\b.{0,40}",
)
BROKEN = opening(
    r"media\s+playback\s+is\b|we\s+apologi[sz]e,?\s+but\s+this\s+video|try\s+refreshing\s+your\s+browser",
    r"tap\s+here\s+to\s+see|there\s+was\s+an\s+error|something\s+went\s+wrong|invalid\s+e-?mail",
    r"your\s+browser\s+(?:does|is)\s+not|a\s+welcome\s+e-?mail|we\s+encountered\s+an\s+issue",
    r"(?:thank(?:s|\s+you)\s+for|your\s+newsletter)\s+(?:signing\s+up|sign-?up|subscribing)",
    r"please\s+(?:check|provide|enter)\s+(?:your|a\s+valid)\b",
)

PITCH = re.compile(
    r"\b(?:sign(?:ing|ed)?\s?up|subscrib\w{1,4}|newsletters?|inbox|e-?mail\s+address|"
    r"privacy\s+policy|terms\s+of\s+(?:use|service)|unsubscribe|register(?:ing)?|"
    r"create\s+an\s+account|log\s?in|sign\s?in|our\s+app|download\s+(?:the|our)|cookies?|"
    r"all\s+rights\s+reserved|join\s+(?:the|our)\s+(?:conversation|community|channel)|"
    r"whatsapp\s+channel|breaking\s+news\s+(?:alerts?|directly|straight)|"
    r"daily\s+(?:digest|briefing|update)|become\s+a\s+(?:member|supporter)|"
    r"support\s+(?:our|independent|local|quality)\s+(?:\w{1,20}\s+)?journalism|"
    r"invest\s+in\s+journalism|our\s+(?:website|journalism|reporting|readers)|bookmark|"
    r"free\s+trial|ad[- ]free|unlimited|community\s+guidelines|stay\s+informed|one\s+account|"
    r"trusted\s+partners|news\s+and\s+offers|delivered|e-?paper|online\s+access|this\s+website|exclusive\s+(?:access|articles|content))\b",
    re.IGNORECASE,
)
TO_READER = re.compile(
    r"\b(?:you|your|us|our|we)\b|^(?:sign|get|join|subscribe|support|stay|click|enjoy|download)\b",
    re.IGNORECASE,
)

OPINIONS = re.compile(
    r"\b(?:opinions?|views?)\s+expressed\s+(?:here|by\s|in\s+th(?:is|ese)\s).{0,80}"
    r"\b(?:are|is|do\s+not|belong)\b",
    re.IGNORECASE,
)
"""An editor's line that introduces a guest writer, wherever in the line it says so."""

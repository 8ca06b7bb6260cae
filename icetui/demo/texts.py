"""What the demo's media company says: titles, stories, copy, tags, in English and Chinese."""

from __future__ import annotations

from datetime import datetime, timedelta

from icetui.demo.dice import Dice
from icetui.records import record

Line = tuple[float, float, str]
"""Start and end in seconds, and what is said."""

ENGLISH: tuple[tuple[str, ...], ...] = (
    (
        "Good evening, this is the {hour} o'clock bulletin.",
        "The river at {city} has risen {n} centimetres since this morning,",
        "and two schools near the old bridge will stay closed tomorrow.",
        "Our reporter {person} is on the embankment.",
        "People here have been filling sandbags since four,",
        "and most of them are volunteers from the neighbouring districts.",
        "The water board expects the peak shortly after midnight.",
        "We will be back with {person} at the top of the hour.",
    ),
    (
        "You did not come back for the letters, did you?",
        "I came back because you stopped writing them.",
        "That was {n} months ago.",
        "And in all that time nobody asked {person} where the key was.",
        "Perhaps nobody wanted to know.",
        "Then why did you keep it?",
        "Because one of us had to remember the way home.",
    ),
    (
        "Welcome to Supply Lines, the show about how things get from there to here.",
        "I'm {person}, and today we are talking about the port of {city}.",
        "Speaking of which, {n} ships are waiting outside as we record this.",
        "So where do you begin when a whole season of toys is stuck at sea?",
        "You begin with the trucks, oddly enough.",
        "A container without a truck is just a very heavy box.",
        "And the drivers have been telling us that for years.",
        "We'll take a short break, and then we look at the numbers.",
    ),
    (
        "Forty minutes gone, and {city} still look the fresher side.",
        "{person} picks it up on the left, cuts inside,",
        "lays it off, gets it back,",
        "and that is a wonderful save!",
        "You will not see a better stop this season.",
        "Corner to the home side, their {n}th of the afternoon.",
        "Everybody is up for this one, even the keeper.",
    ),
    (
        "Soft on the skin, kind to the sea.",
        "Our new laundry liquid comes in a bottle that used to be {n} bottles.",
        "Wash at thirty, save a third of the power,",
        "and smell the difference for days.",
        "In shops from Monday, and at home by Friday.",
    ),
    (
        "The central bank left its rate unchanged for the {n}th month in a row.",
        "Analysts in {city} had expected exactly that,",
        "yet the currency gained half a percent within the hour.",
        "{person} explains what the statement did not say.",
        "One word is missing, and that word is patient.",
        "It has stood in every statement since last spring.",
        "So the door is open, even if nobody has walked through it.",
    ),
    (
        "Two cups of flour, a pinch of salt, and the butter straight from the fridge.",
        "Don't knead it, just press it together until it holds.",
        "My grandmother in {city} used a wine bottle instead of a rolling pin,",
        "and her crust was better than mine will ever be.",
        "Now {n} minutes in the oven, and not one minute more.",
        "While we wait, let me tell you about the plums.",
    ),
    (
        "The lights went out in {city} at a quarter past nine.",
        "{person} counted to {n} before the generator caught.",
        "Somebody laughed in the dark, and somebody else did not.",
        "When the room came back, there was one chair too many.",
        "Nobody moved.",
        "It is always the quiet ones, she said, and sat down in it.",
    ),
)
"""Stories: consecutive lines, with places for names and numbers."""

CHINESE: tuple[tuple[str, ...], ...] = (
    (
        "各位观众晚上好，欢迎收看《{city}晚间新闻》。",
        "今天上午，{city}地铁{n}号线二期工程正式开通运营。",
        "新线路全长二十六公里，共设车站十八座。",
        "记者{person}在现场为您报道。",
        "首班车早上六点从北站发出，",
        "不少市民一早就来排队，就为了坐上第一趟车。",
        "预计日均客流量将达到{n}万人次。",
        "更多详细内容，请关注我们的新闻客户端。",
    ),
    (
        "你还记得那年冬天的雪吗？",
        "记得，下了整整{n}天。",
        "那天{person}把唯一的一把伞留给了我。",
        "他说路不远，跑几步就到了。",
        "可是后来，谁也没有再见过他。",
        "也许他只是去了{city}，去了一个没有雪的地方。",
        "你总是把故事讲得比真的还好听。",
    ),
    (
        "大家好，这里是《慢半拍》，我是{person}。",
        "这一期我们聊聊一个人吃饭这件事。",
        "我在{city}住了{n}年，楼下的面馆换了三个老板，",
        "但是那碗葱油拌面的味道一直没变。",
        "老板娘说，面要趁热吃，话可以慢慢讲。",
        "我们收到了很多听众的留言，",
        "有一位朋友说，一个人吃火锅其实最自在。",
        "好，休息一下，我们马上回来。",
    ),
    (
        "双十一开门红，全场低至{n}元！",
        "前一千名下单，再送同款围巾一条。",
        "三百六十度保暖，一件顶三件。",
        "{city}发货，次日就到。",
        "点击屏幕下方链接，手慢无！",
    ),
    (
        "比赛进行到第{n}分钟，{city}队获得一个任意球。",
        "站在球前的是{person}，",
        "助跑，射门，球进了！",
        "这个角度太刁钻了，门将完全没有反应。",
        "全场的球迷都站了起来。",
        "我们再来看一遍慢动作回放。",
    ),
    (
        "今天我们走进{city}的一家百年老店。",
        "师傅{person}从十五岁开始学做月饼，一做就是{n}年。",
        "馅料要炒四个小时，火候全凭手感。",
        "他说，机器做得快，但是做不出这个味道。",
        "每年中秋前的一个月，店里的灯从来没有熄过。",
        "排队的人里，有当年的孩子，也有他们的孩子。",
    ),
    (
        "气象台今天傍晚发布了暴雨橙色预警。",
        "预计未来{n}小时，{city}大部分地区有大到暴雨。",
        "请市民朋友尽量减少外出，",
        "低洼地区的居民请做好防范准备。",
        "交通部门提醒，部分路段可能积水，请绕行。",
    ),
    (
        "这款面霜的质地非常轻盈，一抹就化开。",
        "我自己用了{n}天，最明显的感觉就是不紧绷了。",
        "敏感肌的姐妹也可以放心用。",
        "{person}老师是配方师，我们请她来讲讲成分。",
        "里面有神经酰胺和角鲨烷，",
        "都是帮助修护屏障的。",
    ),
)

NAMES = {
    "en": {
        "city": ("Leith", "Porto Alto", "Westhaven", "Rotterdam", "Lake Orrin", "Valparaíso", "Kilmarnock"),
        "person": ("Maya Okafor", "Tom Ellery", "Ines Duarte", "Jonas Weil", "Priya Raman", "Ada Lindqvist"),
    },
    "zh": {
        "city": ("上海", "成都", "厦门", "哈尔滨", "苏州", "昆明", "青岛"),
        "person": ("林晓雨", "陈立诚", "周一鸣", "苏婉清", "赵北川", "何静"),
    },
}

TITLES: dict[str, dict[str, tuple[str, ...]]] = {
    "news": {
        "en": (
            "{hour}:00 bulletin, {day}, full transcript",
            "Flood special – {city}",
            "Markets tonight, {day}",
        ),
        "zh": ("晚间新闻 {zhday} 全文转写", "{city}早高峰 直播回放", "财经一刻 {zhday}"),
    },
    "drama": {
        "en": (
            "Harbour Lights S02E{ep} dubbing master",
            "The Empty Chair, part {ep}",
            "Harbour Lights S02E{ep}",
        ),
        "zh": ("《长夜微光》第{ep}集 配音", "《北站》第{ep}集 字幕", "《长夜微光》第{ep}集 精彩片段"),
    },
    "ad": {
        "en": (
            "Clearwater laundry 15s vertical",
            "Autumn sale, variant {ep}",
            "Clearwater relaunch, cut {ep}",
        ),
        "zh": ("双十一 女装 竖版15秒 {ep}", "轻盈面霜 口播 版本{ep}", "新店开业 混剪 {ep}"),
    },
    "podcast": {
        "en": ("Supply Lines ep. {n}", "Kitchen Table ep. {n}: plums", "Supply Lines ep. {n} (rough cut)"),
        "zh": ("播客《慢半拍》第{n}期", "《慢半拍》第{n}期 一个人吃饭", "《城市声音》第{n}期 粗剪"),
    },
    "sport": {
        "en": (
            "{city} United matchday {ep} highlights",
            "Saves of the week {ep}",
            "{city} v Northmoor, second half",
        ),
        "zh": ("{city}队 第{ep}轮 进球集锦", "本周最佳扑救 {ep}", "{city}德比 下半场"),
    },
}
"""What people write above a job, by genre and language."""

SLUGS: dict[str, dict[str, tuple[str, ...]]] = {
    "news": {"en": ("bulletin", "flood-special", "markets"), "zh": ("wanjian", "zaogaofeng", "caijing")},
    "drama": {
        "en": ("harbour-lights", "empty-chair", "harbour-lights"),
        "zh": ("changye", "beizhan", "changye"),
    },
    "ad": {"en": ("clearwater", "autumn-sale", "clearwater"), "zh": ("nvzhuang", "mianshuang", "xindian")},
    "podcast": {
        "en": ("supply-lines", "kitchen-table", "supply-lines"),
        "zh": ("manbanpai", "manbanpai", "chengshi"),
    },
    "sport": {"en": ("matchday", "saves", "derby"), "zh": ("jijin", "pujiu", "debi")},
}
"""What their files are called, in the order of the titles."""

GENRES = {
    "en": ("news", "drama", "podcast", "sport", "ad", "news", "podcast", "drama"),
    "zh": ("news", "drama", "podcast", "ad", "sport", "podcast", "news", "ad"),
}
"""What the stories are, in their order."""

COPY = {
    "en": (
        "Rain or shine, your laundry smells like the first day of spring. Clearwater: soft on the skin, "
        "kind to the sea.",
        "One bottle, thirty washes, no plastic left behind. Pour less, rinse once, and get your Sunday back.",
        "The cardigan you will steal from yourself: washable wool, in a colour that forgives coffee.",
        "Fresh plums, flaky crust, and forty minutes well spent. Come for a slice, stay for the cream.",
        "Every container has a story. Supply Lines opens one each Thursday, wherever you listen.",
        "Front row, no queue. Book matchday tickets before Friday and bring a friend for half the price.",
    ),
    "zh": (
        "一抹即化，轻盈不黏。让肌肤在秋天也能自由呼吸，敏感肌同样安心。",
        "新店开业，第二杯半价！甄选牧场鲜奶，现打奶油，入口是云朵的温度。",
        "百年老店，手工月饼。一口酥皮，半生月光，把团圆寄给远方的家人。",
        "双十一开门红，爆款女装低至九十九元。手慢无，错过再等一年。",
        "下班路上，耳机里有人陪你慢半拍。每周四更新，和城市说晚安。",
        "周末就去看球！主场套票限时八折，和朋友一起把嗓子喊哑。",
    ),
}
"""Marketing texts."""

TAGS = {
    "Person": ("Maya Okafor", "林晓雨", "Tom Ellery", "陈立诚", "Ada Lindqvist", "苏婉清"),
    "Location": ("上海", "Rotterdam", "外滩", "Westhaven", "成都", "亚洲"),
    "Time": ("2026年", "autumn", "双十一", "tonight", "中秋"),
    "Keyword": (
        "地铁",
        "flood",
        "新闻",
        "laundry",
        "面霜",
        "goal",
        "container",
        "月饼",
        "CC霜",
        "暴雨",
        "interest rate",
    ),
    "Category": ("新闻", "Sports", "美容", "Drama", "美食", "Podcast"),
}
"""Labels of smart tagging, by member of its Data."""


@record
class Piece:
    """What a job is about.

    Attributes:
        genre: news, drama, ad, podcast, sport.
        language: en or zh.
        title: what a person would write above it.
        path: its file in the bucket, without an ending.
    """

    genre: str
    language: str
    title: str
    path: str


def piece(dice: Dice, created: datetime, *genres: str, language: str = "") -> Piece:
    """A piece of the company's work from around a moment."""
    genre = dice.pick(genres or tuple(TITLES))
    language = language or dice.pick(("en", "en", "zh"))
    aired = created - timedelta(hours=dice.between(1, 30))
    episode = dice.between(1, 24)
    number = dice.between(41, 180)
    which = dice.below(len(TITLES[genre][language]))
    title = TITLES[genre][language][which].format(
        hour=f"{aired.hour:02d}",
        day=f"{aired:%d %b}",
        zhday=f"{aired.month}月{aired.day}日",
        city=dice.pick(NAMES[language]["city"]),
        ep=f"{episode:02d}",
        n=number,
    )
    path = f"{genre}/{aired:%Y/%m/%d}/{SLUGS[genre][language][which]}-{number:03d}{episode:02d}"
    return Piece(genre, language, title, path)


def lines(dice: Dice, about: Piece, count: int) -> list[str]:
    """`count` consecutive lines of speech: one story after another, each told with other names.

    The first are of the piece's genre.
    """
    language = about.language
    stories = CHINESE if language == "zh" else ENGLISH
    own = [story for story, genre in zip(stories, GENRES[language], strict=True) if genre == about.genre]
    said: list[str] = []
    while len(said) < count:
        for story in dice.order(stories) if said else dice.order(own):
            names = {key: dice.pick(values) for key, values in NAMES[language].items()}
            number = dice.between(4, 90)
            said.extend(line.format(n=number, hour=dice.between(1, 12), **names) for line in story)
    return said[:count]


def speech(dice: Dice, about: Piece, count: int) -> list[Line]:
    """`count` timed lines: most touch, some leave a breath between them, a few overlap a little."""
    at, out = 0.0, []
    for text in lines(dice, about, count):
        pace = 4.6 if about.language == "zh" else 15.0
        length = round(0.35 + len(text) / pace * dice.real(0.85, 1.2), 3)
        out.append((round(at, 3), round(at + length, 3), text))
        rest = dice.below(10)
        at += length + (0 if rest < 6 else dice.real(0.2, 1.6) if rest < 9 else -dice.real(0.05, 0.2))
    return out

"""What smart jobs find: each documented shape, and those that clients have met (api.md 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from icetui.demo.texts import COPY, lines, speech
from icetui.demo.written import HOST, Json, compact

if TYPE_CHECKING:
    from icetui.demo.smart_jobs import SmartJob

ERRORS = {
    "asr": (
        ("SpeechTranslationNoValidVocal", "No valid vocal in the input."),
        ("InvalidMaterial.NotFound", "The specified input does not exist: {input}"),
        ("InvalidParameter", "SentenceMaxLength must be between 4 and 50."),
    ),
    "translation": (
        ("SpeechTranslationNoValidVocal", "No valid vocal in the input."),
        ("InvalidStorage.NotFound", "The specified storage location does not exist: demo-bucket-archive"),
    ),
    "chart": (("InvalidMaterial.NotFound", 'The specified clips id not found:["{media}"]'),),
}
"""Why jobs fail, as they report it (api.md 4.2, last row)."""


def unfinished(job: SmartJob) -> dict[str, Json]:
    """What there is while it runs: nothing, or an avatar's result that is not yet whole."""
    if job.type != "AvatarVideo":
        return {}
    url = f"https://{HOST}/out/{job.piece.path}"
    return {
        "Output": f'{{"MaskURL":"{url}_mask.mp4"',
        "JobResult": {"AiResult": f'{{"MediaURL":"{url}.mp4","SubtitleClips":"['},
    }


def failure(job: SmartJob) -> dict[str, Json]:
    """Why it failed, which the service does not always say (api.md 2.8 #26)."""
    if job.card == "asr silent":
        return {"JobResult": None, "ErrorCode": None, "ErrorMessage": None}
    code, message = job.dice("error").pick(ERRORS[job.card.split(maxsplit=1)[0]])
    message = message.format(input=f"oss://{HOST}/{job.piece.path}.mp4", media=job.media)
    return {"JobResult": {}, "ErrorCode": code, "ErrorMessage": message}


def found(job: SmartJob) -> dict[str, Json]:
    """Output and JobResult of a job that went well: what tells the cards apart."""
    url = f"https://{HOST}/out/{job.piece.path}"
    made = {"MediaId": job.dice("made").hexes(32)}
    match job.card.split():
        case ["asr", *_]:
            return {"JobResult": {"AiResult": compact(_cue_list(job))}}
        case ["speech"]:
            return {"JobResult": {**made, "MediaUrl": f"{url}.mp3", "AiResult": compact(_cue_list(job))}}
        case ["texts", *rest]:
            return {"JobResult": _texts(job, long=bool(rest))}
        case ["translation", "one"]:
            [language] = job.targets()
            return {"JobResult": {"AiResult": compact(_translation(job, language, whole=True))}}
        case ["translation", "many"]:
            languages = {
                language: _translation(job, language, whole=place == 0)
                for place, language in enumerate(job.targets())
            }
            result = {
                "DetextVideoURL": f"{url}.clean.mp4",
                "DetextVideoMediaId": job.dice("clean").hexes(32),
                "VideoTranslationAiResultMap": languages,
            }
            return {"JobResult": {"AiResult": compact(result)}}
        case ["translation", *_]:
            return {"Output": f"{url}.{job.targets()[0]}.srt", "JobResult": {**made, "AiResult": ""}}
        case ["avatar", how]:
            return _avatar(job, how, made, url)
        case ["plain"]:
            return {
                "JobResult": {
                    **made,
                    "AiResult": "Clip segmentation done: 14 shots, 3 scenes, no faces above threshold.",
                    "Usage": compact({"total_tokens": 100}),
                    "MediaUrl": "",
                }
            }
        case ["highlights"] | ["segments"]:
            return {"JobResult": {**made, "AiResult": compact(_parts(job, url))}}
        case _:
            return {"JobResult": {**made, "MediaUrl": f"{url}.mp4"}}


def _cue_list(job: SmartJob) -> list[Json]:
    said = speech(job.dice("said" if job.type == "ASR" else "spoken"), job.piece, job.cues())
    return [{"content": text, "from": start, "to": end} for start, end, text in said]


def _texts(job: SmartJob, *, long: bool) -> dict[str, Json]:
    dice = job.dice("texts")
    texts = dice.order(COPY[job.piece.language])[:3]
    if long:
        glue = "" if job.piece.language == "zh" else " "
        texts = [glue.join([text, *lines(dice, job.piece, 60)]) for text in texts]
    return {"AiResult": compact(texts), "Usage": compact({"total_tokens": sum(map(len, texts)) // 2})}


def _translation(job: SmartJob, language: str, *, whole: bool) -> dict[str, Json]:
    url = f"https://{HOST}/out/{job.piece.path}.{language}"
    dice = job.dice("translation", language)
    if not whole:
        # A language may lack most of it (api.md 2.2).
        return (
            {"MediaURL": f"{url}.mp4", "MediaId": dice.hexes(32)}
            if dice.below(2)
            else {"MediaId": dice.hexes(32)}
        )
    expires = int(job.course.end.timestamp()) + 3600
    signed = f"Expires={expires}&OSSAccessKeyId=STS.NUdemo&Signature={dice.hexes(27)}%3D"
    return {
        "MediaURL": f"{url}.mp4",
        "MediaId": dice.hexes(32),
        "TranslatedAudioMediaURL": f"{url}.wav",
        "TranslatedAudioMediaId": dice.hexes(32),
        "SpeechTranslatedSubtitleURL": f"{url}.srt",
        "SpeechTranslatedSubtitleURLSigned": f"{url}.srt?{signed}",
        "SpeechTranslatedSubtitleURLForFix": f"{url}-fix.srt",
        "SpeechTranslatedSubtitleMediaIdForFix": dice.hexes(32),
        "SpeechBilingualSubtitleURL": f"{url}-bilingual.srt",
        "SpeechBilingualSubtitleMediaId": dice.hexes(32),
        "SpeechTranslationJobId": dice.hexes(32),
    }


def _avatar(job: SmartJob, how: str, made: dict[str, Json], url: str) -> dict[str, Json]:
    said = speech(job.dice("spoken"), job.piece, job.cues())
    clips = [{"Text": text, "Start": start, "End": end} for start, end, text in said]
    result: dict[str, Json] = {"MediaURL": f"{url}.mp4", "MaskURL": f"{url}_mask.mp4"}
    result["SubtitleClips"] = clips if how == "list" else compact(clips)
    text = compact(result)
    if how == "output":
        return {"Output": text, "JobResult": {**made, "MediaUrl": f"{url}.mp4", "AiResult": None}}
    if how == "cut":
        text = text[: len(text) * 2 // 3]
    return {"JobResult": {**made, "MediaUrl": f"{url}.mp4", "AiResult": text}}


def _parts(job: SmartJob, url: str) -> dict[str, Json]:
    dice, at, parts = job.dice("parts"), 0.0, []
    for number in range(dice.between(3, 8)):
        start = round(at + dice.real(1, 60), 2)
        at = round(start + dice.real(4, 25), 2)
        title = dice.pick(lines(dice, job.piece, 8))
        parts.append({"Index": number, "In": start, "Out": at, "Score": dice.real(0.4, 0.99), "Title": title})
    name = "Highlights" if job.card == "highlights" else "Segments"
    return {"MediaURL": f"{url}.mp4", name: parts, "Model": "hl-v2"}

"""Documents made to cost: each meant to keep a parser, a validator or a compiler busy.

Never here: tests, what becomes of them.
"""

from __future__ import annotations

_WIDE = 90_000


def _fragments(count: int, body: str) -> str:
    return " ".join(f"fragment f{n} on Customer {{ {body.replace('NEXT', f'f{n + 1}')} }}" for n in range(count))


HOSTILE: dict[str, str] = {
    "two megabytes of fields": "{me{" + "id " * 660_000 + "}}",
    "a megabyte of commas": "{me{id" + "," * 990_000 + "}}",
    "a megabyte of text": '{customer(id:"' + "x" * 990_000 + '"){id}}',
    "a megabyte of comment": "{me{id #" + "x" * 990_000 + "\n}}",
    "10 000 aliases": "{me{" + " ".join(f"a{n}:id" for n in range(10_000)) + "}}",
    "990 aliases": "{me{" + " ".join(f"a{n}:id" for n in range(990)) + "}}",
    "2 900 times one field": "{me{" + "id " * 2_900 + "}}",
    "120 inline fragments with three levels": "{me{" + "...on Customer{orders{nodes{id}}}" * 120 + "}}",
    "500 inline fragments": "{me{" + "...{id}" * 500 + "}}",
    "900 spreads of one fragment": "{me{" + "...f " * 900 + "}} fragment f on Customer{id}",
    "300 fragments side by side": "{me{" + " ".join(f"...f{n}" for n in range(300)) + "}}" + _fragments(300, "id"),
    "300 fragments that nothing spreads": "{me{id}}" + _fragments(300, "id"),
    "300 fragments, each in the one before": "{me{...f0}}"
    + _fragments(300, "...NEXT")
    + "fragment f300 on Customer{id}",
    "fragments that double": "{me{...f0}}" + _fragments(150, "...NEXT ...NEXT") + "fragment f150 on Customer{id}",
    "fragments that double below fields": "{me{...f0}}"
    + _fragments(60, "orders{nodes{customer{...NEXT}}} a:orders{nodes{customer{...NEXT}}}")
    + "fragment f60 on Customer{id}",
    "a circle of fragments": "{me{...f0}}" + _fragments(200, "...NEXT") + "fragment f200 on Customer{...f0}",
    "60 levels of fields": "{me{" + "orders{nodes{customer{" * 20 + "id" + "}}}" * 20 + "}}",
    "180 levels of inline fragments": "{me{" + "...{" * 180 + "id" + "}" * 180 + "}}",
    "180 levels of lists": "{customers(first:" + "[" * 180 + "1" + "]" * 180 + "){nodes{id}}}",
    "2 900 values": "{customers(first:[" + "1 " * 2_900 + "]){nodes{id}}}",
    "200 filters in one": "{customers(filter:{" + 'email:{eq:"x"}' * 200 + "}){nodes{id}}}",
    "350 operations": " ".join(f"query q{n}{{me{{id}}}}" for n in range(350)),
    "50 operations over 50 fragments": " ".join(f"query q{n}{{me{{...f0}}}}" for n in range(50))
    + _fragments(50, "...NEXT")
    + "fragment f50 on Customer{id}",
    "700 variables": "query(" + " ".join(f"$v{n}:Int" for n in range(700)) + "){me{id}}",
    "900 unknown arguments": "{" + " ".join(f"a{n}:customers({'x:1 ' * 60}){{nodes{{id}}}}" for n in range(15)) + "}",
    "400 directives": "{me{id" + " @include(if:true)" * 400 + "}}",
    "120 fragments with conditions": "{me{" + "...@include(if:true)@skip(if:false){id}" * 120 + "}}",
    "30 unknown fields": "{me{" + " ".join(f"nope{n}" for n in range(30)) + "}}",
    "a name of 90 000 characters": "{" + "A" * _WIDE + "}",
    "a type of 90 000 characters": "query($a:" + "A" * _WIDE + "){me{id}}",
    "an enum value of 90 000 characters": "{customers(sort:" + "A" * _WIDE + "){nodes{id}}}",
    "a block string of 45 000 lines": '{customer(id:"""' + "\n " * (_WIDE // 2) + '"""){id}}',
    "94 000 lines before 20 fields": "{"
    + "\n" * 94_000
    + " ".join(f'a{n}:customer(id:"{n}"){{id}}' for n in range(20))
    + "}",
    "9 900 lines before 140 fields": "{"
    + "\n" * 9_900
    + " ".join(f'a{n}:customer(id:"{n}"){{addresses{{id}}orders{{nodes{{customer{{id}}}}}}}}' for n in range(20))
    + "}",
    "9 900 lines before 15 conflicts": "{me{" + "\n" * 9_900 + " ".join(f"b{n}:id b{n}:name" for n in range(15)) + "}}",
    "900 unknown keys in one literal": "mutation{customerCreate(input:{"
    + " ".join(f"k{n}:1" for n in range(900))
    + "}){userErrors{code}}}",
    "16 000 escapes": '{customer(id:"' + "\\u0041" * 16_000 + '"){id}}',
    "2 999 comments": "{me{id" + "#\n" * 2_999 + "}}",
    "20 times the schema": "{"
    + " ".join(f"a{n}:__schema{{...s}}" for n in range(20))
    + "} fragment s on __Schema{types{name fields{name args{name}}}}",
    "30 times the types": "{__schema{" + " ".join(f"a{n}:types{{name fields{{name}}}}" for n in range(30)) + "}}",
    "introspection of lists of lists": "{__schema{types{" + "fields{name type{name}}" * 29 + "}}}",
}
"""What it is → the document."""

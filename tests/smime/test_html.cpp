#include <chrono>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "smime/html_reduction.hpp"
#include "smime/html_style.hpp"
#include "smime/html_tree.hpp"
#include "tests/catch.hpp"

namespace {

using namespace std::string_literals;

std::optional<std::string> stripped(std::string_view html) {
    smime::HtmlBudget budget;
    const auto reduced = smime::reduced_html(html, budget);
    if (!reduced) return std::nullopt;
    const auto document = smime::html_document(*reduced);
    if (!document) return std::nullopt;
    return std::string{*document};
}

/// What stands in the body.
std::string body(std::string_view html) {
    const auto document = stripped(html);
    REQUIRE(document);
    static const std::regex whole{"<!DOCTYPE html>\n<html><body[^>]*>([^]*)</body></html>"};
    std::smatch match;
    REQUIRE(std::regex_match(*document, match, whole));
    return match[1];
}

std::string text(std::string_view html) {
    const auto plain = smime::plain_text(smime::reduced_to_text(html));
    REQUIRE(plain);
    return std::string{*plain};
}

/// What is wrong with a document, judged by its tags alone and by another list than the program's.
std::string complaint(const std::string& document) {
    static const std::set<std::string> forbidden = {
        "a",      "area",    "applet",  "audio",     "base",     "bgsound",  "button",
        "canvas", "embed",   "form",    "frame",     "iframe",   "image",    "img",
        "input",  "isindex", "keygen",  "layer",     "link",     "math",     "meta",
        "object", "param",   "picture", "plaintext", "portal",   "script",   "source",
        "select", "style",   "svg",     "template",  "textarea", "title",    "track",
        "video",  "xml",     "xmp",     "noscript",  "noembed",  "noframes", "frameset"};
    static const std::regex tag{R"(</?([a-z0-9]+)((?: [a-z]+="[^"<>]*")*)>)"};
    static const std::regex attribute{R"x( ([a-z]+)="([^"]*)")x"};
    static const std::regex loads{"url|import|expression|javascript|http|//|\\\\|@|data:|cid:|evil",
                                  std::regex::icase};
    const std::string doctype = "<!DOCTYPE html>\n";
    if (!document.starts_with(doctype)) return "no doctype";
    for (auto at = document.find('<', doctype.size()); at != std::string::npos;
         at = document.find('<', at + 1)) {
        std::smatch match;
        if (!std::regex_search(document.begin() + static_cast<std::ptrdiff_t>(at), document.end(),
                               match, tag, std::regex_constants::match_continuous))
            return "no tag: " + document.substr(at, 60);
        if (forbidden.contains(match[1])) return "a forbidden element: " + match[1].str();
        const std::string attributes = match[2];
        for (std::sregex_iterator i{attributes.begin(), attributes.end(), attribute}, end; i != end;
             ++i) {
            static const std::set<std::string> harmless = {
                "style", "align", "width", "bgcolor", "color", "border", "type", "size", "lang"};
            if (!harmless.contains((*i)[1])) return "an unexpected attribute: " + (*i)[1].str();
            const std::string value = (*i)[2];
            if (std::regex_search(value, loads)) return "an attribute that loads: " + value;
        }
    }
    if (document.find('\0') != std::string::npos) return "a NUL";
    return {};
}

}  // namespace

TEST_CASE("nothing that loads or links is left (ENC-05)", "[smime][html]") {
    const std::vector<std::string> nasty = {
        // attributes with addresses
        "<img src=http://evil/1>",
        "<IMG SRC='http://evil/'>",
        "<img\nsrc\n=\nhttp://evil/>",
        "<img/src=\"http://evil/\">",
        "<img alt='x' srcset='http://evil/ 2x'>",
        "<image src=http://evil/>",
        "<input type=image src=http://evil/>",
        "<body background=http://evil/>x",
        "<table background=http://evil/><td background=//evil>",
        "<a href=http://evil/ ping=http://evil/>link</a>",
        "<video poster=http://evil/>",
        "<audio src=http://evil/>",
        "<video><source src=http://evil/><track src=http://evil/></video>",
        "<picture><source srcset=http://evil/><img src=http://evil/></picture>",
        "<blockquote cite=http://evil/>x</blockquote>",
        "<q cite=http://evil/>x</q>",
        "<img longdesc=http://evil/ dynsrc=http://evil/ lowsrc=http://evil/>",
        "<link rel=stylesheet href=http://evil/>",
        "<link rel=dns-prefetch href=//evil>",
        "<base href=http://evil/>",
        "<meta http-equiv=refresh content='0;url=http://evil/'>",
        "<meta http-equiv=Link content='<http://evil/>;rel=stylesheet'>",
        "<iframe src=http://evil/></iframe>",
        "<iframe srcdoc='&lt;img src=http://evil/&gt;'>",
        "<frameset><frame src=http://evil/></frameset>",
        "<object data=http://evil/></object>",
        "<embed src=http://evil/>",
        "<applet codebase=http://evil/ archive=http://evil/></applet>",
        "<form action=http://evil/><button formaction=http://evil/>x</button></form>",
        "<isindex action=http://evil/>",
        "<html manifest=http://evil/>",
        "<bgsound src=http://evil/>",
        "<layer src=http://evil/>",
        "<xml src=http://evil/>",
        "<portal src=http://evil/>",
        "<area href=http://evil/>",
        "<map name=x><area href=http://evil/></map><img usemap=#x>",
        // styles
        "<p style='background:url(http://evil/)'>x",
        "<p style='background:u\\72l(http://evil/)'>x",
        "<p style='background:\\75\\72\\6c(http://evil/)'>x",
        "<p style=\"list-style:URL('//evil')\">x",
        "<p style='color:red;background-image:url(http://evil/);color:blue'>x",
        "<p style='background:/**/url(/**/http://evil/)'>x",
        "<p style='b\\61ckground:url(//evil)'>x",
        "<p style='width:expression(alert(1))'>x",
        "<p style='-moz-binding:url(http://evil/)'>x",
        "<p style='behavior:url(http://evil/)'>x",
        "<p style='content:url(http://evil/)'>x",
        "<p style='cursor:url(//evil),auto'>x",
        "<p style='background:image-set(\"//evil\" 1x)'>x",
        "<p style='background:&#117;rl(http://evil/)'>x",
        "<p style='--x:url(//evil);background:var(--x)'>",
        "<p style='font:12px/1 x;src:url(//evil)'>x",
        "<p style='filter:url(http://evil/#x)'>x",
        "<p style='border-image:url(//evil) 1'>x",
        "<p style='background:src(\"//evil\")'>x",
        "<p style='background:red;}@import \"http://evil/\";'>x",
        "<p style=\"background:'url(//evil)\">x",
        "<p style='color:rgb(url(//evil))'>x",
        "<p style='color:rgb(1,2,3);background:rgb (1) url(//evil)'>x",
        "<style>@import 'http://evil/';</style>x",
        "<style>@import url(http://evil/);</style>x",
        "<style>p{background:url(http://evil/)}</style><p>x",
        "<style><!-- @import '//evil'; --></style>",
        "<style>@font-face{font-family:x;src:url(//evil)}</style><p style='font-family:x'>x",
        "<style></style><img src=http://evil/></style>",
        "<svg><style>@import '//evil'</style></svg>",
        // scripts
        "<script src=http://evil/></script>",
        "<script>new Image().src='http://evil/'</script>",
        "<script><!--<script></script><img src=http://evil/>--></script>",
        "<p onclick=fetch('http://evil/')>x",
        "<body onload=fetch('http://evil/')>",
        "<img src=x onerror=fetch('http://evil/')>",
        "<p style=x ONMOUSEOVER = \"fetch('//evil')\">x",
        "<a href=javascript:fetch('http://evil/')>x</a>",
        "<svg onload=fetch('http://evil/')>",
        // SVG and MathML
        "<svg><image xlink:href=http://evil/ href=http://evil/ /></svg>",
        "<svg><use href=http://evil/#x /></svg>",
        "<svg><a xlink:href=http://evil/>x</a></svg>",
        "<svg><feImage href=http://evil/ /></svg>",
        "<math href=http://evil/><mi>x</mi></math>",
        "<math><maction actiontype=statusline xlink:href=http://evil/>x</maction></math>",
        "<svg><foreignObject><img src=http://evil/></foreignObject></svg>",
        "<svg><set attributeName=href to=http://evil/ /></svg>",
        // what one parser reads otherwise than another
        "<math><mtext><table><mglyph><style><img "
        "src=http://evil/></style></mglyph></table></mtext></math>",
        "<form><math><mtext></form><form><mglyph><style></math><img src=http://evil/>",
        "<svg></p><style><a id=\"</style><img src=http://evil/>\">",
        "<noscript><p title=\"</noscript><img src=http://evil/>\">",
        "<noscript><img src=//evil></noscript>",
        "<template><img src=http://evil/></template>",
        "<select><template><style><!--</style><a rel=\"-->"
        "<img src=http://evil/>\"></template></select>",
        "<textarea><img src=http://evil/></textarea>",
        "<xmp><img src=http://evil/></xmp>",
        "<title><img src=http://evil/></title>x",
        "<noembed><img src=http://evil/></noembed>",
        "<noframes><img src=http://evil/></noframes>",
        "<plaintext><img src=http://evil/>",
        "<listing><img src=http://evil/></listing>",
        "<!--><img src=http://evil/>-->",
        "<!---><img src=http://evil/>-->",
        "<!-- --!><img src=http://evil/>-->",
        "<!-- - ->--><img src=http://evil/>",
        "<!--[if mso]><img src=http://evil/><![endif]-->",
        "<![if !mso]><img src=http://evil/><![endif]>",
        "<![CDATA[<img src=http://evil/>]]>",
        "<svg><![CDATA[<img src=http://evil/>]]></svg>",
        "<?xml-stylesheet href='http://evil/'?>x",
        "<!DOCTYPE html SYSTEM 'http://evil/'><p>x",
        "<!ENTITY x SYSTEM 'http://evil/'>",
        "</p title='><img src=http://evil/>'>",
        "<p title=\"><img src=http://evil/>",
        "<p title='>'>x",
        "<<img src=http://evil/>",
        "<p <img src=http://evil/>",
        "< img src=http://evil/>",
        "<img src=http://evil/",
        "<im\0g src=http://evil/>"s,
        "<\0img src=http://evil/>"s,
        "<img\0src=http://evil/>"s,
        "<im<g src=http://evil/>",
        "<scr<script>ipt src=//evil></script>",
        "&lt;img src=http://evil/&gt;",
        "&#60;img src=http://evil/&#62;",
        "<p lang=\"&quot;&gt;<img src=x>\">",
        "<p style='&quot;&gt;&lt;img src=//evil&gt;'>x",
        "<p bgcolor='\"><img src=x>'>x",
        "<p lang=`><img src=http://evil/>`>",
        "<table><img src=http://evil/><tr></table>",
        "<p lang=\xc2\xa0\"><img src=http://evil/>\">",
        "<div\x0bsrc=http://evil/>",
        "<p color=red color=\"' onload=x\" background=//evil>x",
        "<h1 style=color:red/onload=x>x</h1>",
        "\xef\xbc\x9cimg src=http://evil/\xef\xbc\x9e",
        "\xc0\xbcimg src=http://evil/>",
        "+ADw-img src=http://evil/+AD4-",
        "\x1b$B<img src=http://evil/>\x1b(B",
    };
    for (const std::string& html : nasty) {
        INFO(html);
        const auto document = stripped(html);
        REQUIRE(document);
        INFO(*document);
        CHECK(complaint(*document) == "");
        // What has been written once is written the same again.
        CHECK(stripped(*document) == document);
        CHECK(complaint(*stripped("<p>before" + html + "after")) == "");
    }
}

TEST_CASE("what is harmless stays", "[smime][html]") {
    const auto stays = [](const std::string& html) { CHECK(body(html) == html); };
    stays("<p>Dear <b>Alice</b>, <i>see</i> below.</p><hr><ul><li>one</li><li>two</li></ul>");
    stays("<h1 align=\"center\">Title</h1>a<br>b<pre>\n\n one\n  two</pre>");
    stays(
        R"(<table width="100%" bgcolor="#fafafa" cellpadding="0"><tbody><tr><td colspan="2">x</td>)"
        R"(</tr></tbody></table>)");
    stays(R"(<font color="red" face="Arial" size="2">x</font><span style="color:#f00;">y</span>)");
    stays(
        "Gr\xc3\xbc\xc3\x9f"
        "e \xe2\x9c\x89 1 &lt; 2 &amp; 3 &gt; 2");
    CHECK(stripped("<body bgcolor=white style='margin: 0'>x</body>") ==
          "<!DOCTYPE html>\n<html><body bgcolor=\"white\" style=\"margin:0;\">x</body></html>");
    CHECK(body("a<script>b</script>c<title>d</title>") == "ac");
    CHECK(body("<a href=x style='color:#fff'>our <b>offers</b></a>") ==
          "<span style=\"color:#fff;\">our <b>offers</b></span>");
    CHECK(body("<img src=cid:logo alt='The &lt;logo&gt;'> <img src=x>") == "[The &lt;logo&gt;] ");
    CHECK(body("&eacute;&#233;&#xE9;&nbsp;&copy") == "\xc3\xa9\xc3\xa9\xc3\xa9\xc2\xa0\xc2\xa9");
    CHECK(body("<p>a<p>b") == "<p>a</p><p>b</p>");
    CHECK(body("<b>a<p>b</b>c") == "<b>a</b><p><b>b</b>c</p>");
    CHECK(body("<o:p>x</o:p><custom-thing>y</custom-thing>") == "xy");
    CHECK(body("<textarea>a<b>&</textarea><xmp><i></xmp>") == "a&lt;b&gt;&amp;&lt;i&gt;");
    CHECK(body("a\0b\x01-\x7f"s) == "ab-");
    CHECK(body("bad \xff\xc3 utf-8") == "bad \xef\xbf\xbd\xef\xbf\xbd utf-8");
}

TEST_CASE("styles keep what loads nothing", "[smime][html]") {
    CHECK(smime::harmless_style("Color: RED; font: bold 12px/1.5 'Segoe UI', Arial !important") ==
          "color:RED;font:bold 12px/1.5 Segoe UI, Arial !important;");
    CHECK(smime::harmless_style("margin:0 auto;padding-left:-2.5em;background:#fff") ==
          "margin:0 auto;padding-left:-2.5em;background:#fff;");
    CHECK(smime::harmless_style("color:rgba(1, 2, 3, .5);background-color:HSL(1,2%,3%)") ==
          "color:rgba(1, 2, 3, .5);background-color:HSL(1,2%,3%);");
    for (const std::string bad : {"",
                                  ";",
                                  ":",
                                  "color",
                                  "color:",
                                  "position:fixed",
                                  "colo\\72:red",
                                  "color:re\\64",
                                  "background:url(x)",
                                  "color:rgb(1",
                                  "color:rgb(rgb(1))",
                                  "color:x(1)",
                                  "color:)",
                                  "color:a:b",
                                  "color:{}",
                                  "color:red}",
                                  "color:a@b",
                                  "color:\xc3\xa9",
                                  "background-image:none",
                                  "width:calc(1px)",
                                  "behavior:x",
                                  "color:<!--"})
        CHECK(smime::harmless_style(bad) == "");
    CHECK(smime::harmless_style("color:" + std::string(257, 'a')) == "");
    CHECK(smime::harmless_style(std::string(1000, 'a') + ":red;color:red") == "color:red;");
}

TEST_CASE("the text of HTML reads as it would be seen", "[smime][html]") {
    CHECK(text("<p>Dear  Alice,\n<br>see&nbsp;below.<p>Bob</p>") ==
          "Dear Alice,\r\nsee\xc2\xa0"
          "below.\r\n\r\nBob\r\n");
    CHECK(text("<ul><li>one<li>two</ul>after") == "* one\r\n* two\r\n\r\nafter\r\n");
    CHECK(text("<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>") == "a b\r\nc\r\n");
    CHECK(text("a<br><br><br>b<hr>c") == "a\r\n\r\nb\r\n\r\n----\r\n\r\nc\r\n");
    CHECK(text("<pre>  one\n two</pre>x") == "  one\r\n two\r\n\r\nx\r\n");
    CHECK(text("<style>p{}</style><script>x</script><a href=http://evil/>text</a>") == "text\r\n");
    CHECK(text("1 < 2 &lt;b&gt; &amp;lt; <xmp>&lt;</xmp>") == "1 < 2 <b> &lt; &lt;\r\n");
    CHECK(text("<img alt=logo src=x>") == "[logo]\r\n");
    CHECK(text("") == "");
    CHECK(text("\0\x01"s) == "");
}

TEST_CASE("hostile HTML takes bounded time and memory", "[smime][html]") {
    const auto many = [](const std::string& piece, std::size_t count) {
        std::string all;
        for (std::size_t i = 0; i < count; ++i) all += piece;
        return all;
    };
    std::string fonts;
    for (int i = 0; i < 10'000; ++i) fonts += "<font color=c" + std::to_string(i) + ">";
    const std::size_t tags = smime::limits::html_tags;
    const std::vector<std::string> hostile = {
        many("<div>", tags),
        many("<b>", tags),
        many("<table><tr><td>", tags / 3),
        many("<table><div>", tags / 2),
        many("<ul><li>", tags / 2),
        many("<span>x", tags),
        many("<b><div>", tags / 3) + many("</b>", tags / 3),
        "<p>" + fonts + many("<p>x", 10'000),
        "<p>" + fonts + many("</p>", 19'000),
        many("<table>x<tr>", tags / 2),
        "<p " + many("a=b ", 1'000'000) + ">x",
        "<p " + many("style=x ", 500'000) + ">x",
        many("<!--", 1'000'000),
        many("<!-- -- ", 500'000),
        many("</", 1'000'000),
        many("<style>", 500'000),
        many("<textarea></text", 200'000),
        many("&lt;", 1'000'000),
        many("&", 3'000'000),
        many("<", 1'000'000),
        many("\"", 4'000'000),
        many("<p style=\"" + many("color:red;", 400) + "\">", 1000),
    };
    for (const std::string& html : hostile) {
        INFO(html.substr(0, 40));
        const auto begin = std::chrono::steady_clock::now();
        const auto document = stripped(html);
        if (document) CHECK(complaint(document->substr(0, 100'000).append(">")) != "a NUL");
        const auto plain = smime::plain_text(smime::reduced_to_text(html));
        CHECK(plain);
        // Generous, for sanitizers on a busy machine; quadratic time on these would be minutes.
        CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{60});
    }
}

TEST_CASE("HTML beyond the limits is not written, and its nesting ends", "[smime][html]") {
    const auto repeated = [](std::string_view piece, std::size_t count) {
        std::string all;
        for (std::size_t i = 0; i < count; ++i) all += piece;
        return all;
    };
    smime::HtmlBudget budget{100, 3};
    CHECK(smime::reduced_html("<p>a</p>", budget));
    CHECK(budget.tags == 1);
    CHECK(budget.octets == 92);
    CHECK(!smime::reduced_html("<p>a</p>", budget));
    CHECK(smime::reduced_html("plain", budget));
    CHECK(!smime::reduced_html(std::string(101, 'x'), budget));
    // What is left out costs nothing.
    smime::HtmlBudget small{10, 2};
    CHECK(smime::reduced_html("<style>" + std::string(1000, 'x') + "</style><img><form><svg><p>",
                              small));

    const std::string deep = body(repeated("<div>", 1000) + "x");
    CHECK(deep.find('x') <= 5 * static_cast<std::size_t>(smime::limits::html_depth + 1));
    CHECK(deep.find('x') != std::string::npos);

    // Each paragraph begins all fonts anew: more than the memory for a tree.
    std::string fonts;
    for (int i = 0; i < 4000; ++i) fonts += "<font color=c" + std::to_string(i) + ">";
    CHECK(!stripped("<p>" + fonts + repeated("<p>x", 4000)));
    CHECK(stripped("<p>" + fonts));
}

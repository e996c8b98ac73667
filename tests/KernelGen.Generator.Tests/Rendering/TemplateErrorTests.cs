using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Rendering;

[TestClass]
public sealed class TemplateErrorTests
{
    [TestMethod]

    // What a template may not be made of.
    [DataRow("a\n {{ head_dim", 2, 2, "the code block is not closed; '}}' is missing")]
    [DataRow("{%{ a }}", 1, 1, "the raw block is not closed; '}%}' is missing")]
    [DataRow("{{ 'a }}\n", 1, 4, "the string is not closed; ' is missing before the end of the line")]
    [DataRow("{{ \"a", 1, 4, "the string is not closed; \" is missing before the end of the line")]
    [DataRow("{{ 'a\\q' }}", 1, 6, "unknown escape; a string knows \\0 \\' \\\" \\\\ \\b \\f \\n \\r \\t \\v, \\u with four and \\x with two hex digits")]
    [DataRow("{{ '\\x4' }}", 1, 5, "unknown escape; a string knows \\0 \\' \\\" \\\\ \\b \\f \\n \\r \\t \\v, \\u with four and \\x with two hex digits")]
    [DataRow("{{ a ? 1 : 2 }}", 1, 6, "unexpected character '?'")]
    [DataRow("{{ $x }}", 1, 4, "unexpected character '$'")]
    [DataRow("{{ a & b }}", 1, 6, "unexpected character '&'")]
    [DataRow("{{ name | string.upcase }}", 1, 9, "pipes and functions are not in the supported subset")]
    [DataRow("{{ head_dim / 8 }}", 1, 13, "'/' gives a fraction in Scriban; write '//' for integer division")]
    [DataRow("{{ x += 1 }}", 1, 6, "the operator '+=' is not in the supported subset")]
    [DataRow("{{ 1 << 4 }}", 1, 6, "the operator '<<' is not in the supported subset")]
    [DataRow("{{ x++ }}", 1, 5, "the operator '++' is not in the supported subset")]
    [DataRow("{{ 1.5 }}", 1, 4, "only decimal integers are supported")]
    [DataRow("{{ 0x10 }}", 1, 4, "only decimal integers are supported")]
    [DataRow("{{ 9223372036854775808 }}", 1, 4, "the integer 9223372036854775808 does not fit in 64 bits")]
    [DataRow("m = {{{ 1 }}};", 1, 5, "'{' inside a code block; to write '{{' as text use '{ {' or a raw block '{%{ ... }%}'")]
    [DataRow("{{ if causal\n{{ end }}", 2, 1, "'{{' inside a code block; is the '}}' of the block before it missing?")]

    // How statements and expressions are put together.
    [DataRow("a{{ end }}", 1, 5, "'end' without an open 'if' or 'for'")]
    [DataRow("a{{ else }}", 1, 5, "'else' without an open 'if'")]
    [DataRow("{{ if causal }}\n{{ for i in 0..1 }}\n{{ end }}\n", 1, 4, "'if' is not closed; its 'end' is missing")]
    [DataRow("{{ if causal }}\n{{ for i in 0..1 }}\n", 2, 4, "'for' is not closed; its 'end' is missing")]
    [DataRow("{{ if causal }}a{{ else }}b", 1, 4, "'if' is not closed; its 'end' is missing")]
    [DataRow("{{ if causal }}a{{ else if causal }}b", 1, 4, "'if' is not closed; its 'end' is missing")]
    [DataRow("{{ if causal }}{{ else }}{{ else }}{{ end }}", 1, 29, "'else' after the 'else' of the same 'if' at (1,19)")]
    [DataRow("{{ for i in 0..1 }}{{ else }}{{ end }}", 1, 23, "the 'else' of a 'for' is not in the supported subset")]
    [DataRow("{{ if }}a{{ end }}", 1, 7, "expected an expression, found the end of the statement")]
    [DataRow("{{ 1 + }}", 1, 8, "expected an expression, found the end of the statement")]
    [DataRow("{{ 1 +\n 2 }}", 1, 7, "expected an expression, found the end of the statement")]
    [DataRow("{{ (1 + 2 }}", 1, 11, "expected ')', found the end of the statement")]
    [DataRow("{{ stages[1 }}", 1, 13, "expected ']', found the end of the statement")]
    [DataRow("{{ stages [1] }}", 1, 11, "expected '}}', ';' or a new line, found '['")]
    [DataRow("{{ 1 2 }}", 1, 6, "expected '}}', ';' or a new line, found '2'")]
    [DataRow("{{ end 2 }}", 1, 4, "'end' without an open 'if' or 'for'")]
    [DataRow("{{ if causal }}{{ end causal }}", 1, 23, "expected '}}', ';' or a new line, found 'causal'")]
    [DataRow("{{ tile. }}", 1, 10, "expected a member name after '.', found the end of the statement")]
    [DataRow("{{ tile.1 }}", 1, 9, "expected a member name after '.', found '1'")]
    [DataRow("{{ null }}", 1, 4, "'null' is reserved by Scriban and not in the supported subset")]
    [DataRow("{{ while causal }}{{ end }}", 1, 4, "'while' is reserved by Scriban and not in the supported subset")]
    [DataRow("{{ string.upcase name }}", 1, 4, "'string' is reserved by Scriban and not in the supported subset")]
    [DataRow("{{ date = 1 }}", 1, 4, "'date' is reserved by Scriban and cannot be a name to assign to")]
    [DataRow("{{ tile.rows = 1 }}", 1, 14, "expected '}}', ';' or a new line, found '='")]
    [DataRow("{{ for in in stages }}{{ end }}", 1, 8, "'in' is reserved by Scriban and cannot be a loop variable")]
    [DataRow("{{ for 1 in stages }}{{ end }}", 1, 8, "expected a loop variable, found '1'")]
    [DataRow("{{ for i of stages }}{{ end }}", 1, 10, "expected 'in' after the loop variable, found 'of'")]
    [DataRow("{{ for i in 0..head_dim - 1 }}{{ end }}", 1, 25, "'..' binds tighter than '-'; put the bound of the range in parentheses")]
    [DataRow("{{ for i in zero + 1..3 }}{{ end }}", 1, 18, "'..' binds tighter than '+'; put the bound of the range in parentheses")]
    [DataRow("{{ x = 0..3 }}", 1, 9, "expected '}}', ';' or a new line, found '..'")]
    [DataRow("{{ for.length }}", 1, 8, "expected for.index, for.first or for.last, found 'length'")]
    [DataRow("{{ include name }}", 1, 12, "expected a quoted template name or an expression in parentheses after 'include', found 'name'")]
    [DataRow("{{ include 'a.sbn' 'b' }}", 1, 20, "expected '}}', ';' or a new line, found a string")]

    // What does not fit the model.
    [DataRow("{{ head_dimm }}", 1, 4, "unknown name 'head_dimm'; known names: capture_map, causal, head_dim, huge, loads, name, nothing, rows, stages, tile, types, zero")]
    [DataRow("\n\n  {{ tile.cols }}", 3, 11, "unknown member 'cols'; known members: keys, part, rows")]
    [DataRow("{{ stages.length }}", 1, 11, "unknown member 'length'; a list has only 'size'")]
    [DataRow("{{ head_dim.size }}", 1, 13, "'.size' needs an object or a list before it, this is an integer")]
    [DataRow("{{ stages[3] }}", 1, 11, "index 3 is outside a list of 3")]
    [DataRow("{{ stages[-1] }}", 1, 11, "index -1 is outside a list of 3")]
    [DataRow("{{ stages['a'] }}", 1, 11, "an index must be an integer, this is a string")]
    [DataRow("{{ tile['rows'] }}", 1, 4, "'[ ]' needs a list before it, this is an object")]
    [DataRow("{{ tile }}", 1, 4, "only integers, booleans and strings can be written, this is an object")]
    [DataRow("{{ stages }}", 1, 4, "only integers, booleans and strings can be written, this is a list")]
    [DataRow("{{ name - 1 }}", 1, 9, "'-' is not defined between a string and an integer")]
    [DataRow("{{ name * 2 }}", 1, 9, "'*' is not defined between a string and an integer")]
    [DataRow("{{ name + causal }}", 1, 9, "'+' is not defined between a string and a boolean")]
    [DataRow("{{ name < 'z' }}", 1, 9, "'<' is not defined between a string and a string")]
    [DataRow("{{ causal + 1 }}", 1, 11, "'+' is not defined between a boolean and an integer")]
    [DataRow("{{ head_dim == '40' }}", 1, 13, "'==' is not defined between an integer and a string")]
    [DataRow("{{ 1 < 2 < 3 }}", 1, 10, "'<' is not defined between a boolean and an integer")]
    [DataRow("{{ stages == stages }}", 1, 11, "'==' is not defined between a list and a list")]
    [DataRow("{{ head_dim && causal }}", 1, 4, "an operand of '&&' must be a boolean, this is an integer")]
    [DataRow("{{ capture_map || name }}", 1, 19, "an operand of '||' must be a boolean, this is a string")]
    [DataRow("{{ !head_dim }}", 1, 5, "the operand of '!' must be a boolean, this is an integer")]
    [DataRow("{{ - causal }}", 1, 6, "the operand of '-' must be an integer, this is a boolean")]
    [DataRow("{{ if head_dim }}{{ end }}", 1, 7, "the condition of an 'if' must be a boolean, this is an integer")]
    [DataRow("{{ if capture_map }}{{ else if name }}{{ end }}", 1, 32, "the condition of an 'if' must be a boolean, this is a string")]
    [DataRow("{{ 1 // zero }}", 1, 6, "'//' by zero")]
    [DataRow("{{ 1 % zero }}", 1, 6, "'%' by zero")]
    [DataRow("{{ -7 // 2 }}", 1, 7, "'//' is only defined for operands that are not negative, these are -7 and 2")]
    [DataRow("{{ 7 % -2 }}", 1, 6, "'%' is only defined for operands that are not negative, these are 7 and -2")]
    [DataRow("{{ huge * huge }}", 1, 9, "the result of 4000000000 * 4000000000 does not fit in 64 bits")]
    [DataRow("{{ 9223372036854775807 + 1 }}", 1, 24, "the result of 9223372036854775807 + 1 does not fit in 64 bits")]
    [DataRow("{{ -9223372036854775807 - 2 }}", 1, 25, "the result of -9223372036854775807 - 2 does not fit in 64 bits")]
    [DataRow("{{ - (-9223372036854775807 - 1) }}", 1, 4, "the result of '-' does not fit in 64 bits")]
    [DataRow("{{ for i in head_dim }}{{ end }}", 1, 13, "'for' needs a range or a list, this is an integer")]
    [DataRow("{{ for i in 0..name }}{{ end }}", 1, 16, "the bound of a range must be an integer, this is a string")]
    [DataRow("{{ for i in 0..(zero - 1) }}{{ end }}", 1, 14, "the range 0..-1 runs backwards; for an empty one write a..<a")]
    [DataRow("{{ for i in 0..1000000 }}{{ end }}", 1, 14, "the range 0..1000000 has more than 1000000 values")]
    [DataRow("{{ for head_dim in 0..1 }}{{ end }}", 1, 8, "the loop variable 'head_dim' hides a name of the model; choose another name")]
    [DataRow("{{ head_dim = 8 }}", 1, 4, "'head_dim' belongs to the model and cannot be assigned; choose another name")]
    [DataRow("{{ for i in 0..1 }}{{ i = 8 }}{{ end }}", 1, 23, "'i' belongs to a running loop and cannot be assigned; choose another name")]
    [DataRow("{{ for i in 0..1 }}{{ end }}{{ i }}", 1, 32, "unknown name 'i'; known names: capture_map, causal, head_dim, huge, loads, name, nothing, rows, stages, tile, types, zero")]
    [DataRow("{{ for.index }}", 1, 4, "'for.index' is used outside a loop")]
    [DataRow("{{ include 'none.sbn' }}", 1, 12, "unknown template 'none.sbn'; known templates: main.sbn")]
    [DataRow("{{ include (1 + 1) }}", 1, 13, "'include' needs a template name, this is an integer")]
    public void Fault_NamesPlaceAndReason(string template, int line, int column, string description)
    {
        var language = new LanguageCase("fault", template, "");

        TemplateException exception = Assert.ThrowsExactly<TemplateException>(() => language.Library.Render(LanguageCase.TemplateName, LanguageCase.Model));

        Assert.AreEqual(FormattableString.Invariant($"main.sbn({line},{column}): {description}"), exception.Message);
        Assert.AreEqual("main.sbn", exception.TemplateName);
        Assert.AreEqual(line, exception.Line);
        Assert.AreEqual(column, exception.Column);
        Assert.AreEqual(description, exception.Description);
    }

    [TestMethod]
    public void FaultInInclude_NamesTheIncludedFileAndItsCallers()
    {
        var language = new LanguageCase(
            "", "\n{{ include 'a.sbn' }}", "", ("a.sbn", "\n\n  {{ include 'b.sbn' }}"), ("b.sbn", "{{ x = 1 }}\n{{ y }}"));

        TemplateException exception = Assert.ThrowsExactly<TemplateException>(() => language.Library.Render(LanguageCase.TemplateName, LanguageCase.Model));

        StringAssert.StartsWith(exception.Message, "b.sbn(2,4): unknown name 'y'; known names: capture_map, ");
        StringAssert.EndsWith(exception.Message, ", x, zero; included from a.sbn(3,6); included from main.sbn(2,4)");
    }

    [TestMethod]
    public void EndlessInclude_IsStoppedAtDepth32()
    {
        var language = new LanguageCase("", "{{ include 'main.sbn' }}", "");

        TemplateException exception = Assert.ThrowsExactly<TemplateException>(() => language.Library.Render(LanguageCase.TemplateName, LanguageCase.Model));

        Assert.AreEqual("main.sbn(1,4): includes are nested more than 32 deep", exception.Message);
    }

    [TestMethod]
    public void DeepNesting_IsStoppedBeforeTheStackEnds()
    {
        AssertFault(string.Concat(Enumerable.Repeat("{{ if true }}", 1000)), "blocks are nested more than 64 deep; move inner ones into an include");
        AssertFault("{{ " + new string('(', 1000) + "}}", "the expression is nested more than 64 deep; assign parts of it to names");
        AssertFault("{{ " + new string('!', 1000) + "}}", "the expression is nested more than 64 deep; assign parts of it to names");
        AssertFault("{{ 1" + string.Concat(Enumerable.Repeat(" + 1", 1000)) + "}}", "more than 200 operators in one expression; assign parts of it to names");

        static void AssertFault(string template, string description) =>
            Assert.AreEqual(description, Assert.ThrowsExactly<TemplateException>(() => Template.Parse("deep.sbn", template)).Description);
    }

    [TestMethod]
    public void WindowsLineEnds_DoNotShiftTheColumn()
    {
        TemplateException exception = Assert.ThrowsExactly<TemplateException>(() => Template.Parse("a.sbn", "a\r\nb\r\n{{ 1 + }}"));

        Assert.AreEqual("a.sbn(3,8): expected an expression, found the end of the statement", exception.Message);
    }
}

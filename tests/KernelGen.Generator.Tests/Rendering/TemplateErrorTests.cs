using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Rendering;

[TestClass]
public sealed class TemplateErrorTests
{
    [TestMethod]

    // What is not Scriban.
    [DataRow("a\n {{ head_dim", 2, 2, "the code block is not closed; '}}' is missing")]
    [DataRow("{%{ a }}", 1, 1, "the raw block is not closed; '}%}' is missing")]
    [DataRow("{{ 'a }}\n", 1, 9, "Unexpected end of file while parsing a string not terminated by a '")]
    [DataRow("{{ \"a", 1, 5, "Unexpected end of file while parsing a string not terminated by a \"")]
    [DataRow("{{ 'a\\q' }}", 1, 4, "Unexpected escape character `q` in string")]
    [DataRow("{{ '\\x4' }}", 1, 8, "Unexpected hex number `'` following `\\x`. Expecting `\\x00` to `\\xff`")]
    [DataRow("{{ a & b }}", 1, 6, "Invalid token found `&`. Expecting <EOL>/end of line.")]
    [DataRow("m = {{{ 1 }}};", 1, 9,
        "Unexpected token `1` while parsing object initializer. Expecting a simple identifier for the member name. In text, write '{ {' "
            + "or a raw block '{%{ ... }%}' for '{{'; in code, a '}}' may be missing before this.")]
    [DataRow("{{ if causal\n{{ end }}", 2, 2,
        "Unexpected token `{` while parsing object initializer. Expecting a simple identifier for the member name. In text, write '{ {' "
            + "or a raw block '{%{ ... }%}' for '{{'; in code, a '}}' may be missing before this.")]
    [DataRow("a{{ end }}", 1, 7,
        "Error while parsing ScriptPage: Found <end> statement without a corresponding beginning of a block in: ...")]
    [DataRow("a{{ else }}", 1, 5, "A else condition must be preceded by another if/else/when condition or a for loop.")]
    [DataRow("{{ if causal }}\n{{ for i in 0..1 }}\n{{ end }}\n", 1, 4, "'if' is not closed; its 'end' is missing")]
    [DataRow("{{ if causal }}\n{{ for i in 0..1 }}\n", 2, 4, "'for' is not closed; its 'end' is missing")]
    [DataRow("{{ if causal }}a{{ else }}b", 1, 4, "'if' is not closed; its 'end' is missing")]
    [DataRow("{{ if causal }}a{{ else if causal }}b", 1, 4, "'if' is not closed; its 'end' is missing")]
    [DataRow("{{ if causal }}{{ else }}{{ else }}{{ end }}", 1, 29,
        "A else condition must be preceded by another if/else/when condition or a for loop.")]
    [DataRow("{{ if }}a{{ end }}", 1, 7,
        "Error while parsing if statement: Expecting <expression> instead of `}}` in: if <expression> ... end|else|else if")]
    [DataRow("{{ 1 + }}", 1, 8,
        "Error while parsing binary expression: Expecting an <expression> to the right of the operator instead of `}}` in: <expression> "
            + "operator <expression>")]
    [DataRow("{{ 1 +\n 2 }}", 1, 7,
        "Error while parsing binary expression: Expecting an <expression> to the right of the operator instead of `\\n ` in: "
            + "<expression> operator <expression>")]
    [DataRow("{{ (1 + 2 }}", 1, 11, "Invalid token `}}`. Expecting a closing `)`.")]
    [DataRow("{{ stages[1 }}", 1, 13, "Unexpected `}}`. Expecting ']'")]
    [DataRow("{{ end 2 }}", 1, 6,
        "Error while parsing ScriptPage: Found <end> statement without a corresponding beginning of a block in: ...")]
    [DataRow("{{ if causal }}{{ end causal }}", 1, 23, "Invalid token found `causal`. Expecting <EOL>/end of line.")]
    [DataRow("{{ tile. }}", 1, 8, "Invalid token found `.`. Expecting <EOL>/end of line.")]
    [DataRow("{{ tile.1 }}", 1, 8, "Invalid token found `.`. Expecting <EOL>/end of line.")]
    [DataRow("{{ for 1 in stages }}{{ end }}", 1, 4,
        "Error while parsing for statement: Expecting a variable instead of `1` in: for <variable> in <expression> ... end")]
    [DataRow("{{ for i of stages }}{{ end }}", 1, 4,
        "Error while parsing for statement: Expecting 'in' word instead of `of` in: for <variable> in <expression> ... end")]

    // What of Scriban templates may not use.
    [DataRow("{{ $x }}", 1, 4, "'$x' is not available in kernel templates")]
    [DataRow("{{ name | string.upcase }}", 1, 9, "a pipe is not available in kernel templates")]
    [DataRow("{{ string.upcase name }}", 1, 4, "only functions can be called; is an operator, a ';' or a new line missing?")]
    [DataRow("{{ head_dim / 8 }}", 1, 13, "'/' gives a fraction in Scriban; write '//' for integer division")]
    [DataRow("{{ x += 1 }}", 1, 6, "'+=' is not available in kernel templates; write x = x + 1")]
    [DataRow("{{ x++ }}", 1, 4, "'++' and '--' are not available in kernel templates; write x = x + 1")]
    [DataRow("{{ x = ++head_dim }}", 1, 8, "'++' and '--' are not available in kernel templates; write x = x + 1")]
    [DataRow("{{ +head_dim }}", 1, 4, "'+' is not available in kernel templates")]
    [DataRow("{{ 1.5 }}", 1, 4, "only integers of 64 bits, strings, 'true' and 'false' can be written down in kernel templates")]
    [DataRow("{{ 9223372036854775808 }}", 1, 4,
        "only integers of 64 bits, strings, 'true' and 'false' can be written down in kernel templates")]
    [DataRow("{{ null }}", 1, 4, "only integers of 64 bits, strings, 'true' and 'false' can be written down in kernel templates")]
    [DataRow("{{ this }}", 1, 4, "'this' is not available in kernel templates")]
    [DataRow("{{ $'{name}' }}", 1, 4, "an interpolated string is not available in kernel templates")]
    [DataRow("{{ x = { a: 1 } }}", 1, 8, "an object in braces is not available in kernel templates")]
    [DataRow("{{ name ?? 'a' }}", 1, 9, "'??' is not available in kernel templates")]
    [DataRow("{{ tile?.rows }}", 1, 4, "'?.' is not available in kernel templates; an unknown member is an error")]
    [DataRow("{{ tile.rows = 1 }}", 1, 14, "only names can be assigned to; objects and lists are read")]
    [DataRow("{{ stages[0] = 1 }}", 1, 14, "only names can be assigned to; objects and lists are read")]
    [DataRow("{{ case 1 }}{{ when 1 }}{{ end }}", 1, 4, "'case' is not available in kernel templates")]
    [DataRow("{{ with tile }}{{ end }}", 1, 4, "'with' is not available in kernel templates")]
    [DataRow("{{ wrap name }}{{ end }}", 1, 4, "'wrap' is not available in kernel templates")]
    [DataRow("{{ import tile }}", 1, 4, "'import' is not available in kernel templates")]
    [DataRow("{{ readonly name }}", 1, 4, "'readonly' is not available in kernel templates")]
    [DataRow("{{ tablerow i in stages }}{{ end }}", 1, 4, "'tablerow' is not available in kernel templates")]
    [DataRow("{{ for i in 0..9 limit: 2 }}{{ end }}", 1, 16, "only functions can be called; is an operator, a ';' or a new line missing?")]
    [DataRow("{{ for i in stages reversed }}{{ end }}", 1, 4,
        "'reversed' is not available in kernel templates; loop over a range or a list as it is")]
    [DataRow("{{ for.length }}", 1, 4, "unknown member 'length'; a loop has 'index', 'first', 'last', 'even', 'odd' and 'changed'")]
    [DataRow("{{ x = for }}", 1, 8, "'for' is no value; read its members, such as 'for.index'")]
    [DataRow("{{ while causal }}{{ while.index }}{{ end }}", 1, 22, "'while' is not available in kernel templates as a name")]
    [DataRow("{{ func f }}{{ end }}", 1, 4, "a function of a kernel template has a name and parameters in parentheses: func name(a, b)")]
    [DataRow("{{ f = do; ret 1; end }}", 1, 8, "a function without a name is not available in kernel templates")]
    [DataRow("{{ ret 1 }}", 1, 4, "'ret' is used outside a function")]
    [DataRow("{{ @name }}", 1, 4, "'@' is not available in kernel templates")]
    [DataRow("{{ 1 2 }}", 1, 4, "only functions can be called; is an operator, a ';' or a new line missing?")]
    [DataRow("{{ stages [1] }}", 1, 4, "Invalid target function `Scriban.Runtime.ScriptArray` (array)")]
    [DataRow("{{ x = include 'main.sbn' }}", 1, 8, "The function `include` is a statement and cannot be used within an expression.")]
    [DataRow("{{ include 'main.sbn' 'b' }}", 1, 23,
        "Invalid number of arguments `2` passed to `include 'main.sbn' 'b'` while expecting `1` arguments")]

    // What does not fit the model.
    [DataRow("{{ head_dimm }}", 1, 4,
        "unknown name 'head_dimm'; known names: capture_map, causal, head_dim, huge, loads, name, nothing, rows, stages, tile, types, "
            + "zero")]
    [DataRow("\n\n  {{ tile.cols }}", 3, 11, "unknown member 'cols'; known names: keys, part, rows")]
    [DataRow("{{ tile['cols'] }}", 1, 9, "unknown member 'cols'; known names: keys, part, rows")]
    [DataRow("{{ stages.length }}", 1, 11, "unknown member 'length'; a list has only 'size'")]
    [DataRow("{{ head_dim.size }}", 1, 13, "'size' needs an object or a list before it, this is an integer")]
    [DataRow("{{ name[0] }}", 1, 9, "'0' needs an object or a list before it, this is a string")]
    [DataRow("{{ stages[3] }}", 1, 11, "The index 3 is out of bounds [0, 3] on the `stages` with the indexer: 3")]
    [DataRow("{{ stages[-1] }}", 1, 11, "the index -1 is outside the list")]
    [DataRow("{{ stages[huge] }}", 1, 11, "the index 4000000000 is outside the list")]
    [DataRow("{{ stages['a'] }}", 1, 11, "unknown member 'a'; a list has only 'size'")]
    [DataRow("{{ stages[causal] }}", 1, 11, "an index must be an integer, this is a boolean")]
    [DataRow("{{ tile }}", 1, 4, "only integers, booleans and strings can be written, this is an object")]
    [DataRow("{{ stages }}", 1, 4, "only integers, booleans and strings can be written, this is a list")]
    [DataRow("{{ 0..1 }}", 1, 4, "only integers, booleans and strings can be written, this is a range")]
    [DataRow("{{ name - 1 }}", 1, 9, "'-' is not defined between a string and an integer")]
    [DataRow("{{ name * 2 }}", 1, 9, "'*' is not defined between a string and an integer")]
    [DataRow("{{ name + causal }}", 1, 9, "'+' is not defined between a string and a boolean")]
    [DataRow("{{ name < 'z' }}", 1, 9, "'<' is not defined between a string and a string")]
    [DataRow("{{ causal + 1 }}", 1, 11, "'+' is not defined between a boolean and an integer")]
    [DataRow("{{ head_dim == '40' }}", 1, 13, "'==' is not defined between an integer and a string")]
    [DataRow("{{ 1 < 2 < 3 }}", 1, 10, "'<' is not defined between a boolean and an integer")]
    [DataRow("{{ stages == stages }}", 1, 11, "'==' is not defined between a list and a list")]
    [DataRow("{{ head_dim && causal }}", 1, 4, "a condition must be a boolean, this is an integer")]
    [DataRow("{{ capture_map || name }}", 1, 19, "a condition must be a boolean, this is a string")]
    [DataRow("{{ !head_dim }}", 1, 5, "a condition must be a boolean, this is an integer")]
    [DataRow("{{ - causal }}", 1, 6, "the operand of '-' must be an integer, this is a boolean")]
    [DataRow("{{ if head_dim }}{{ end }}", 1, 7, "a condition must be a boolean, this is an integer")]
    [DataRow("{{ if capture_map }}{{ else if name }}{{ end }}", 1, 32, "a condition must be a boolean, this is a string")]
    [DataRow("{{ while name }}{{ end }}", 1, 10, "a condition must be a boolean, this is a string")]
    [DataRow("{{ name ? 1 : 2 }}", 1, 4, "a condition must be a boolean, this is a string")]
    [DataRow("{{ 1 // zero }}", 1, 6, "'//' by zero")]
    [DataRow("{{ 1 % zero }}", 1, 6, "'%' by zero")]
    [DataRow("{{ -7 // 2 }}", 1, 7, "'//' is only defined for operands that are not negative, these are -7 and 2")]
    [DataRow("{{ 7 % -2 }}", 1, 6, "'%' is only defined for operands that are not negative, these are 7 and -2")]
    [DataRow("{{ huge * huge }}", 1, 9, "the result of 4000000000 * 4000000000 does not fit in 64 bits")]
    [DataRow("{{ 9223372036854775807 + 1 }}", 1, 24, "the result of 9223372036854775807 + 1 does not fit in 64 bits")]
    [DataRow("{{ -9223372036854775807 - 2 }}", 1, 25, "the result of -9223372036854775807 - 2 does not fit in 64 bits")]
    [DataRow("{{ - (-9223372036854775807 - 1) }}", 1, 4, "the result of '-' does not fit in 64 bits")]
    [DataRow("{{ 1 << 63 }}", 1, 6, "the result of 1 << 63 does not fit in 64 bits")]
    [DataRow("{{ for i in head_dim }}{{ end }}", 1, 13, "Unexpected type `System.Int32` for iterator")]
    [DataRow("{{ for i in 0..name }}{{ end }}", 1, 16, "the bound of a range must be an integer, this is a string")]
    [DataRow("{{ for i in 0..(zero - 1) }}{{ end }}", 1, 14, "the range 0..-1 runs backwards; for an empty one write a..<a")]
    [DataRow("{{ for i in 0..<(zero - 1) }}{{ end }}", 1, 14, "the range 0..<-1 runs backwards; for an empty one write a..<a")]
    [DataRow("{{ for i in 0..head_dim - 1 }}{{ end }}", 1, 25, "'-' is not defined between a range and an integer")]
    [DataRow("{{ for i in zero + 1..3 }}{{ end }}", 1, 18, "'+' is not defined between an integer and a range")]
    [DataRow("{{ for i in 0..1000000 }}{{ end }}", 1, 14, "Range expression exceeds LoopLimit `1000000`.")]
    [DataRow("{{ for head_dim in 0..1 }}{{ end }}", 1, 8, "the loop variable 'head_dim' hides a name of the model; choose another name")]
    [DataRow("{{ head_dim = 8 }}", 1, 4, "'head_dim' belongs to the model and cannot be assigned; choose another name")]
    [DataRow("{{ include = 8 }}", 1, 4, "'include' belongs to the model and cannot be assigned; choose another name")]
    [DataRow("{{ capture head_dim }}{{ end }}", 1, 12, "'head_dim' belongs to the model and cannot be assigned; choose another name")]
    [DataRow("{{ func head_dim(a) }}{{ end }}", 1, 9, "'head_dim' belongs to the model and cannot be assigned; choose another name")]
    [DataRow("{{ func f(head_dim) }}{{ end }}", 1, 11, "the parameter 'head_dim' hides a name of the model; choose another name")]
    [DataRow("{{ for i in 0..1 }}{{ i = 8 }}{{ end }}", 1, 23, "'i' belongs to a running loop and cannot be assigned; choose another name")]
    [DataRow("{{ for i in 0..1 }}{{ end }}{{ i }}", 1, 32,
        "unknown name 'i'; known names: capture_map, causal, head_dim, huge, loads, name, nothing, rows, stages, tile, types, zero")]
    [DataRow("{{ for.index }}", 1, 4, "'for' is used outside a loop")]
    [DataRow("{{ include 'none.sbn' }}", 1, 12, "unknown template 'none.sbn'; known names: main.sbn")]
    [DataRow("{{ include name }}", 1, 12, "unknown template 'streaming'; known names: main.sbn")]
    [DataRow("{{ include (1 + 1) }}", 1, 12, "'include' needs a template name, this is an integer")]
    [DataRow("{{ f(1) }}", 1, 4,
        "unknown name 'f'; known names: capture_map, causal, head_dim, huge, loads, name, nothing, rows, stages, tile, types, zero")]
    [DataRow("{{ func f(a, b) }}{{ end }}{{ f(1) }}", 1, 35,
        "Invalid number of arguments `1` passed to `f(1)` while expecting `2` arguments")]
    [DataRow("{{ func f(a) }}{{ end }}{{ x = f(1) }}", 1, 32, "The function `f` is a statement and cannot be used within an expression.")]
    [DataRow("{{ func f(a) }}{{ if a > 1 }}{{ ret a }}{{ end }}{{ end }}{{ if f(1) == 1 }}{{ end }}", 1, 65,
        "the function returned nothing")]
    [DataRow("{{ break }}", 1, 4, "The <break> statement can only be used inside for/while loops")]
    public void Fault_NamesPlaceAndReason(string template, int line, int column, string description)
    {
        var language = new LanguageCase("fault", template, "");

        TemplateException exception =
            Assert.ThrowsExactly<TemplateException>(() => language.Library.Render(LanguageCase.TemplateName, LanguageCase.Model));

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

        TemplateException exception =
            Assert.ThrowsExactly<TemplateException>(() => language.Library.Render(LanguageCase.TemplateName, LanguageCase.Model));

        StringAssert.StartsWith(exception.Message, "b.sbn(2,4): unknown name 'y'; nearest known names: ");
        StringAssert.EndsWith(exception.Message, "; included from a.sbn(3,6); included from main.sbn(2,4)");
    }

    [TestMethod]
    public void IncludedTemplateThatCannotBeParsed_NamesItsCallers()
    {
        var language = new LanguageCase("", "a\n{{ include 'a.sbn' }}", "", ("a.sbn", "\n {{ if causal }}"));

        TemplateException exception =
            Assert.ThrowsExactly<TemplateException>(() => language.Library.Render(LanguageCase.TemplateName, LanguageCase.Model));

        Assert.AreEqual("a.sbn(2,5): 'if' is not closed; its 'end' is missing; included from main.sbn(2,4)", exception.Message);
    }

    [TestMethod]
    public void UnknownNameAmongMany_NamesTheNearest()
    {
        var model = new TemplateObject();
        foreach (string name in new[] { "head_dim", "key_block", "lanes", "rows", "tile_rows", "threads", "warps", "stages", "groups",
            "values", "keys", "pairs", "halves" })
            model.Add(name, 1);
        TemplateLibrary library = TemplateLibrary.Empty.WithOverrides([KeyValuePair.Create("a.sbn", "{{ tile_row }}")]);

        TemplateException exception = Assert.ThrowsExactly<TemplateException>(() => library.Render("a.sbn", model));

        Assert.AreEqual("a.sbn(1,4): unknown name 'tile_row'; nearest known names: tile_rows, rows, threads", exception.Message);
    }

    [TestMethod]
    public void WindowsLineEnds_DoNotShiftTheColumn()
    {
        TemplateException exception = Assert.ThrowsExactly<TemplateException>(() => TemplateParser.Parse("a.sbn", "a\r\nb\r\n{{ 1 + }}"));

        Assert.AreEqual((3, 8), (exception.Line, exception.Column));
    }
}

using System.Globalization;
using KernelGen.Generator.Rendering;
using Scriban;
using Scriban.Runtime;

namespace KernelGen.Generator.Tests.Rendering;

/// <summary>Scriban itself renders every template to the same text. Compiled only with <c>-p:ScribanOracle=true</c>.</summary>
[TestClass]
public sealed class ScribanOracleTests
{
    public static IEnumerable<object[]> Titles => TemplateRenderings.All().Select(rendering => new object[] { rendering.Title });

    [TestMethod]
    [DynamicData(nameof(Titles))]
    public void Scriban_RendersTheSameText(string title)
    {
        TemplateRendering rendering = TemplateRenderings.All().Single(candidate => candidate.Title == title);

        string own = rendering.Library.Render(rendering.TemplateName, rendering.Model);

        Assert.AreEqual(own, RenderWithScriban(rendering));
    }

    private static string RenderWithScriban(TemplateRendering rendering)
    {
        var context = new TemplateContext
        {
            StrictVariables = true,
            EnableRelaxedMemberAccess = false,
            EnableRelaxedIndexerAccess = false,

            // Scriban's automatic indentation also indents the body of a loop a second time; the subset goes without it.
            AutoIndent = false,

            // The limits are for templates of unknown origin; an unrolled kernel passes them.
            LoopLimit = 0,
            LimitToString = 0,
            TemplateLoader = new ScribanTemplateLoader(rendering.Library),
        };
        context.PushCulture(CultureInfo.InvariantCulture);
        context.PushGlobal(ToScriban(rendering.Model));
        Scriban.Template template = Scriban.Template.Parse(ScribanTemplateLoader.TextOf(rendering.Library, rendering.TemplateName), rendering.TemplateName);
        Assert.IsFalse(template.HasErrors, string.Join("\n", template.Messages));
        return template.Render(context);
    }

    private static ScriptObject ToScriban(TemplateObject source)
    {
        var target = new ScriptObject();
        foreach (KeyValuePair<string, TemplateValue> pair in source)
            target.Add(pair.Key, ToScriban(pair.Value));
        return target;
    }

    private static object ToScriban(TemplateValue value) => value.Kind switch
    {
        TemplateValueKind.Integer => value.Integer,
        TemplateValueKind.Boolean => value.Boolean,
        TemplateValueKind.String => value.String,
        TemplateValueKind.Object => ToScriban(value.Object),
        _ => new ScriptArray(value.List.Select(ToScriban)),
    };
}

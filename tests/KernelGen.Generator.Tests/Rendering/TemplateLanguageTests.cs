using KernelGen.Generator.Rendering;

namespace KernelGen.Generator.Tests.Rendering;

[TestClass]
public sealed class TemplateLanguageTests
{
    public static IEnumerable<object[]> Cases => LanguageCases.All.Select(language => new object[] { language.Title });

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Construct_RendersAsSpecified(string title)
    {
        LanguageCase language = LanguageCases.All.Single(candidate => candidate.Title == title);

        Assert.AreEqual(language.Expected, language.Library.Render(LanguageCase.TemplateName, LanguageCase.Model));
    }

    [TestMethod]
    public void Number_IgnoresTheCultureOfTheThread()
    {
        var culture = (System.Globalization.CultureInfo)System.Globalization.CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NegativeSign = "~";
        TemplateLibrary library = TemplateLibrary.Empty.WithOverrides([KeyValuePair.Create("a.sbn", "{{ n }} {{ 'x' + n }}")]);
        System.Globalization.CultureInfo before = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = culture;

            Assert.AreEqual("-40 x-40", library.Render("a.sbn", new TemplateObject { { "n", -40 } }));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }
}

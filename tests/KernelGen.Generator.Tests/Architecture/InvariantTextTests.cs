using System.Text.RegularExpressions;

namespace KernelGen.Generator.Tests.Architecture;

/// <summary>Text with numbers in it is written in one way, <c>Invariant($"...")</c>, which no machine's culture changes.</summary>
[TestClass]
public sealed partial class InvariantTextTests
{
    [TestMethod]
    [DataRow("Generator")]
    [DataRow("GeneratedSamples")]
    [DataRow("RuntimeHost")]
    [DataRow("tools")]
    public void ProductCode_FormatsNumbersInOneWay(string folder)
    {
        string[] files = [.. SourceTree.Files(folder, ".cs")];
        string[] otherWays =
        [
            .. from file in files
               from Match match in OtherWay().Matches(File.ReadAllText(file))
               select $"{Path.GetRelativePath(Repository.Root, file)}: {match.Value}",
        ];

        Assert.AreNotEqual(0, files.Length, "There is nothing to look at.");
        Assert.IsEmpty(otherWays, $"write Invariant($\"...\") instead:\n{string.Join('\n', otherWays)}");
    }

    [TestMethod]
    [DataRow("string.Create(CultureInfo.InvariantCulture, $\"{rows}\")")]
    [DataRow("string.Create(\n    CultureInfo.InvariantCulture,\n    $\"{rows}\")")]
    [DataRow("FormattableString.Invariant($\"{rows}\")")]
    [DataRow("text.Append(CultureInfo.InvariantCulture, $\"{rows}\")")]
    [DataRow("rows.ToString(CultureInfo.InvariantCulture)")]
    [DataRow("time.ToString(\"0.0\", CultureInfo.InvariantCulture)")]
    public void OtherWays_AreSeen(string code) => Assert.IsTrue(OtherWay().IsMatch(code));

    /// <summary>A format that is a variable cannot be part of an interpolated string.</summary>
    [TestMethod]
    [DataRow("Invariant($\"{rows}\")")]
    [DataRow("number.ToString(format, CultureInfo.InvariantCulture)")]
    [DataRow("int.Parse(text, CultureInfo.InvariantCulture)")]
    public void TheWay_IsNotReported(string code) => Assert.IsFalse(OtherWay().IsMatch(code));

    [GeneratedRegex(
        @"\b(Create|Append|AppendLine|AppendFormat|ToString)\(\s*CultureInfo"
            + @"|FormattableString\.Invariant\(|\.ToString\(""[^""]*"",\s*CultureInfo")]
    private static partial Regex OtherWay();
}

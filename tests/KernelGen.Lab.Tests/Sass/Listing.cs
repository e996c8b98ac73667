using System.Globalization;
using System.Text;
using KernelGen.Lab.Sass;

namespace KernelGen.Lab.Tests.Sass;

/// <summary>Writes listings in the disassembler's form from a few lines.</summary>
internal static class Listing
{
    /// <summary>A listing of one function.</summary>
    /// <param name="architecture">Such as <c>sm_90a</c>.</param>
    /// <param name="name">The function.</param>
    /// <param name="code">An instruction or a label (<c>.L_x_0:</c>) a line; <c>3 x FADD R0, R0, R1</c> is repeated.</param>
    public static string Of(string architecture, string name, string code)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"\t.target\t{architecture}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"\t.section\t.text.{name},\"ax\",@progbits\n{name}:\n.text.{name}:\n");
        int address = 0;
        foreach (string line in code.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] repeated = line.Split(" x ", 2);
            int times = repeated.Length == 2 ? int.Parse(repeated[0], CultureInfo.InvariantCulture) : 1;
            string what = repeated[^1];
            for (int i = 0; i < times; i++)
            {
                if (what.EndsWith(':'))
                {
                    text.Append(what).Append('\n');
                    continue;
                }

                text.Append(CultureInfo.InvariantCulture, $"        /*{address:x4}*/                   {what} ;\n");
                address += 16;
            }
        }

        return text.ToString();
    }

    /// <summary>The only function of a listing.</summary>
    /// <param name="code">As in <see cref="Of"/>.</param>
    /// <param name="architecture">Such as <c>sm_90a</c>.</param>
    public static SassFunction Function(string code, string architecture = "sm_80") =>
        SassText.Parse(Of(architecture, "kernel", code)).Single();

    /// <summary>The mainloop of the only function of a listing.</summary>
    /// <param name="code">As in <see cref="Of"/>.</param>
    /// <param name="architecture">Such as <c>sm_90a</c>.</param>
    public static Mainloop Mainloop(string code, string architecture = "sm_80") =>
        Lab.Sass.Mainloop.Find(Function(code, architecture)) ?? throw new AssertFailedException("No mainloop.");
}

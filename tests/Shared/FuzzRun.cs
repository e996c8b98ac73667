using System.Diagnostics;
using System.Globalization;

namespace KernelGen.Tests.Shared;

/// <summary>
/// Random cases, each from a seed of its own: a few in a test, or as many as fit into <c>KERNELGEN_FUZZ_SECONDS</c>. A case that
/// finds something fails with its seed, which <c>KERNELGEN_FUZZ_SEED</c> runs again.
/// </summary>
internal static class FuzzRun
{
    // Nothing takes so long but what waits, or never ends.
    private static readonly TimeSpan _longestCase = TimeSpan.FromSeconds(120);

    /// <summary>Runs cases, and prints how many ended how.</summary>
    /// <param name="name">What is tried.</param>
    /// <param name="cases">Cases of a short run.</param>
    /// <param name="run">Runs a case, and says in a word how it ended. Throws when it found something.</param>
    public static void Of(string name, int cases, Func<Random, string> run)
    {
        int seconds = Number("KERNELGEN_FUZZ_SECONDS", 0), seed = Number("KERNELGEN_FUZZ_SEED", 1), count = 0;
        SortedDictionary<string, int> outcomes = new(StringComparer.Ordinal);
        TimeSpan longest = TimeSpan.Zero;
        var clock = Stopwatch.StartNew();
        for (; seconds > 0 ? clock.Elapsed.TotalSeconds < seconds : count < cases; seed++, count++)
        {
            TimeSpan begin = clock.Elapsed;
            try
            {
                string outcome = run(new Random(seed));
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            }
            catch (Exception finding)
            {
                throw new AssertFailedException(
                    $"{name}, KERNELGEN_FUZZ_SEED={seed}: {finding.GetType().Name}: {finding.Message}", finding);
            }

            TimeSpan time = clock.Elapsed - begin;
            longest = time > longest ? time : longest;
            Assert.IsLessThan(_longestCase, time, $"{name}, KERNELGEN_FUZZ_SEED={seed} took too long");
        }

        string ends = string.Join(", ", outcomes.Select(
            outcome => string.Create(CultureInfo.InvariantCulture, $"{outcome.Value} {outcome.Key}")));
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {count} cases in {clock.Elapsed.TotalSeconds:0} s, longest {longest.TotalSeconds:0.00} s: {ends}");
        Console.WriteLine(line);
        if (Environment.GetEnvironmentVariable("KERNELGEN_FUZZ_LOG") is { Length: > 0 } log)
            File.AppendAllText(log, line + "\n");
    }

    /// <summary>One of several, each as likely.</summary>
    public static T Any<T>(this Random random, params ReadOnlySpan<T> values) => values[random.Next(values.Length)];

    /// <summary>True once in so many times.</summary>
    public static bool Once(this Random random, int times) => random.Next(times) == 0;

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : otherwise;
}
